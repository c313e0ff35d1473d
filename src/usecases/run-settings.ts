// The short forms of `ckpt run` as the Flink options that they stand for.
import { options, type Property, parseProperty } from '../engine/configuration.js';

/** Short forms as typed; a short form wins over the same option among `properties`. */
export interface RunSettings {
  /** `key=value` each. */
  readonly properties?: readonly string[] | undefined;
  readonly parallelism?: number | undefined;
  readonly interval?: string | undefined;
  readonly mode?: 'exactly-once' | 'at-least-once' | undefined;
  /** Where state is: `hashmap` in memory, `memory` so and in a checkpoint in `_metadata`, `rocksdb` on disk. */
  readonly backend?: 'hashmap' | 'memory' | 'rocksdb' | undefined;
  /** Checkpoints of `rocksdb` refer to files of earlier ones. */
  readonly incremental?: boolean | undefined;
  /** Barriers overtake records. */
  readonly unaligned?: boolean | undefined;
  readonly retain?: number | undefined;
  readonly onCancel?: 'retain' | 'delete' | undefined;
}

const STORAGES = { hashmap: 'filesystem', memory: 'jobmanager', rocksdb: 'filesystem' } as const;
const BACKENDS = { hashmap: 'hashmap', memory: 'hashmap', rocksdb: 'rocksdb' } as const;
const RETENTIONS = { retain: 'RETAIN_ON_CANCELLATION', delete: 'DELETE_ON_CANCELLATION' } as const;

/** The options as keys and texts. Throws a UsageError where a property is no `key=value`. */
export function propertiesOf(settings: RunSettings): Property[] {
  const { properties = [], parallelism, interval, mode, backend } = settings;
  const { incremental, unaligned, retain, onCancel } = settings;
  const shortForms = [
    ['--parallelism', options.parallelism, parallelism, parallelism],
    ['--interval', options.interval, interval, interval],
    ['--mode', options.mode, mode, mode],
    ['--backend', options.storage, backend, backend && STORAGES[backend]],
    ['--backend', options.backend, backend, backend && BACKENDS[backend]],
    ['--incremental', options.incremental, '', incremental],
    ['--unaligned', options.unaligned, '', unaligned],
    ['--retain', options.numRetained, retain, retain],
    ['--on-cancel', options.retention, onCancel, onCancel && RETENTIONS[onCancel]],
  ] as const;
  const given = shortForms.flatMap(([flag, { key }, typed, meant]): Property[] =>
    meant === undefined ? [] : [[key, String(meant), `${flag} ${typed}`.trim()]],
  );
  return [...properties.map(parseProperty), ...given];
}
