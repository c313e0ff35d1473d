import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { writeMetadata } from '../../../src/format/metadata/write.js';
import type { Metadata, WritableVersion } from '../../../src/model/metadata.js';
import { fixtureCases, fixtureSnapshots } from '../../support/fixtures.js';

const WRITABLE: readonly WritableVersion[] = [3, 4, 5, 6];

function describedAsIn(version: WritableVersion, metadata: Metadata): Metadata {
  const operators = metadata.operators.map((operator) =>
    version >= 5 ? operator : { ...operator, name: null, uid: null },
  );
  return {
    ...metadata,
    formatVersion: version,
    operators,
    properties: version >= 4 ? metadata.properties : null,
  };
}

function hasMergedChannels(metadata: Metadata): boolean {
  return metadata.operators.some(({ subtasks }) =>
    subtasks.some(({ inputChannelState, resultSubpartitionState }) =>
      [...inputChannelState, ...resultSubpartitionState].some(({ kind }) => kind === 'merged-channels'),
    ),
  );
}

describe.each(
  fixtureCases().map((fixture) => [`flink ${fixture.flinkVersion} ${fixture.name}`, fixture] as const),
)('%s', (_, fixture) => {
  const snapshots = fixtureSnapshots(fixture).map((snapshot) => [snapshot.path, snapshot] as const);

  it.each(snapshots)('writes %s back byte for byte', (__, { bytes }) => {
    const metadata = readMetadata(bytes);
    expect(metadata.dialect).toBe('current');
    const written = writeMetadata(metadata, metadata.formatVersion as WritableVersion);
    expect(Buffer.compare(written, bytes)).toBe(0);
  });

  it.each(snapshots)('writes %s in every version, leaving out descriptions only', (__, { bytes }) => {
    const metadata = readMetadata(bytes);
    for (const version of WRITABLE) {
      if (version < 6 && hasMergedChannels(metadata)) {
        expect(() => writeMetadata(metadata, version)).toThrow('merged channel state');
      } else {
        const reread = readMetadata(writeMetadata(metadata, version));
        expect(isDeepStrictEqual(reread, describedAsIn(version, metadata))).toBe(true);
      }
    }
  });
});
