// `ckpt inspect`, whatever was asked: as JSON and as text. Only what is shown is loaded.
import type { Metadata } from '../model/metadata.js';
import type { RestoreCheck } from '../model/restore-check.js';
import type { SnapshotReport } from '../model/snapshot-report.js';
import type { StateValues } from '../model/state-report.js';
import type { InspectOptions } from './inspect.js';
import type { Look } from './palette.js';

/** Both forms of an answer. */
interface BothForms {
  readonly document: () => object | Promise<object>;
  readonly text: (look: Look) => Text | Promise<Text>;
}

/** In pieces where it may be long. */
type Text = string | Iterable<string>;

/** The report, or with `raw` the `_metadata` that it is of. */
export function reportView(
  report: SnapshotReport,
  options: InspectOptions,
  raw: (() => Promise<Metadata>) | null,
): BothForms {
  const rawDocument = async (read: () => Promise<Metadata>) =>
    (await import('./raw-metadata.js')).rawMetadata(await read(), report.path);
  return {
    document: async () => ({
      ...(await import('./inspect-document.js')).inspectDocument(report, options),
      ...(raw === null ? {} : { metadata: await rawDocument(raw) }),
    }),
    text: async (look) => {
      if (raw !== null) return (await import('./json.js')).jsonPieces(await rawDocument(raw));
      return (await import('./inspect.js')).renderInspect(report, options, look);
    },
  };
}

export function valuesView(path: string, values: StateValues): BothForms {
  return {
    document: async () => (await import('./state-values.js')).stateValuesDocument(path, values),
    text: async () => (await import('./state-values.js')).renderStateValues(values),
  };
}

export function restoreCheckView(path: string, check: RestoreCheck): BothForms {
  return {
    document: () => ({ path, restoreCheck: check }),
    text: async (look) => (await import('./restore-check.js')).renderRestoreCheck(path, check, look),
  };
}
