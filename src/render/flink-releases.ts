// Which Flink writes which version of the metadata format. Source: Flink's MetadataSerializers, release by release.
import type { Dialect, FormatVersion } from '../model/metadata.js';

const WRITTEN_BY: Readonly<Record<FormatVersion, string>> = {
  1: 'Flink 1.2',
  2: 'Flink 1.3 to 1.10',
  3: 'Flink 1.12 to 1.15',
  4: 'Flink 1.16 to 1.20',
  5: 'Flink 2.0',
  6: 'Flink 2.1 and later',
};

/** The releases that write a version in a dialect: `Flink 1.16 to 1.20`. */
export function writtenBy(version: FormatVersion, dialect: Dialect): string {
  if (dialect === 'flink-1.14') return 'Flink 1.14';
  return dialect === 'flink-1.11' ? 'Flink 1.11' : WRITTEN_BY[version];
}
