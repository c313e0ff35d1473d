// From the code that runs back to what the user wrote: a job's modules are compiled when they are loaded, and a place in
// a stack is one of the compiled code until it is looked up here.
import { SourceMap } from 'node:module';
import { createJiti, type JitiOptions, type TransformOptions } from 'jiti';

/** Of the modules that were compiled, by absolute path. */
const sourceMaps = new Map<string, SourceMap>();
const pointedToSource = new WeakSet<Error>();

/** Options of a loader that remembers what each place in the modules of the job at `path` comes from. */
export function tracedToSource(path: string): Pick<JitiOptions, 'sourceMaps' | 'transform'> {
  const compiler = createJiti(path, { fsCache: false });
  const transform = (options: TransformOptions) => {
    const code = compiler.transform(options);
    const encoded = INLINE_MAP.exec(code)?.[1];
    if (encoded === undefined || options.filename === undefined) return { code };
    const map = JSON.parse(Buffer.from(encoded, 'base64').toString());
    sourceMaps.set(options.filename, new SourceMap(map));
    // The loader writes a function's head before the code: with a line of its own that moves no column.
    return { code: `\n${code}` };
  };
  return { sourceMaps: true, transform };
}

const INLINE_MAP = /\n\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([\w+/=]+)\s*$/;

/**
 * The places of an error's stack, innermost first, as `file:line:column` of what the user wrote; without the column where
 * that cannot be told. The stack itself says the same from then on.
 */
export function placesOf(thrown: unknown): string[] {
  if (!(thrown instanceof Error)) return [];
  if (!pointedToSource.has(thrown)) {
    pointedToSource.add(thrown);
    Reflect.set(thrown, 'stack', (thrown.stack ?? '').replace(PLACE, inSource));
  }
  const frames = (thrown.stack ?? '').split('\n').slice(1);
  return frames.flatMap((frame) => /[\s(](?:file:\/\/)?(\/[^()]*:\d+)\)?$/.exec(frame)?.[1] ?? []);
}

const PLACE = /(?<=^ +at (?:.* \()?)(\/[^()\n]*):(\d+):(\d+)(?=\)?$)/gm;

function inSource(place: string, path: string, line: string, column: string): string {
  const map = sourceMaps.get(path);
  if (map === undefined) return place;
  const compiledLine = Number(line) - 2;
  const entry = map.findEntry(compiledLine, Number(column) - 1);
  if ('originalLine' in entry && entry.generatedLine === compiledLine)
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  return `${path}:${compiledLine + 1}`;
}
