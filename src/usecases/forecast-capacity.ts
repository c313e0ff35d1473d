// `ckpt capacity` for a job that does not exist yet: words to a model, and what the model tells.
import { forecast } from '../capacity/forecast.js';
import { jobModel } from '../capacity/model-words.js';
import type { CapacityForecast, JobModel } from '../model/capacity.js';
import { UsageError } from '../support/errors.js';
import type { PlaceOf } from '../support/words.js';

/** Words of a model: of a YAML file, and of flags, which count more. */
export interface ModelSource {
  /** Null where there is no file. */
  readonly file: { readonly path: string; readonly words: unknown } | null;
  readonly flags: Readonly<Record<string, unknown>>;
}

export interface ModelledCapacity {
  readonly model: JobModel;
  readonly forecast: CapacityForecast;
}

/** Flags that describe operators: all of these alike. */
const OPERATOR_FLAGS = ['operators', 'state', 'change', 'metadata'] as const;

/** Throws a UsageError for a model that means nothing or contradicts itself. */
export function forecastCapacity({ file, flags }: ModelSource): ModelledCapacity {
  const model = jobModel(file === null ? ofFlags(flags) : ofFile(file, flags), placeIn(file, flags));
  return { model, forecast: forecast(model) };
}

function ofFlags({ operators: count, state, change, metadata, ...others }: ModelSource['flags']): unknown {
  if (state === undefined)
    throw new UsageError('there is nothing to measure and no job to model', {
      next: 'give a LOCATION to measure, or --model FILE, or at least --state SIZE and --interval TIME',
    });
  return { ...others, operators: [defined({ count, state, change, metadata })] };
}

function ofFile({ path, words }: NonNullable<ModelSource['file']>, flags: ModelSource['flags']): unknown {
  const [given] = OPERATOR_FLAGS.filter((name) => flags[name] !== undefined);
  if (given !== undefined)
    throw new UsageError(`--${given} and ${path} both say what the operators are`, {
      where: path,
      next: `leave out --${given}, or write it into the file`,
    });
  return typeof words === 'object' && !Array.isArray(words) ? { ...words, ...flags } : words;
}

/** A path in the words as the user wrote it: a flag, or a path in the file. */
function placeIn(file: ModelSource['file'], flags: ModelSource['flags']): PlaceOf {
  return (path) => {
    const [first, word] = [path[0], path.at(-1)];
    if (file === null || (first !== undefined && Object.hasOwn(flags, first)))
      return word === undefined ? 'the flags' : `--${word}`;
    return word === undefined ? file.path : `${file.path}: ${path.join('.')}`;
  };
}

function defined(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
