// State that Flink's RocksDB backend wrote, as the engine gets it back: every key that Flink itself read.
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openRestored } from '../../../src/engine/state/restored-entries.js';
import { readMetadata } from '../../../src/format/metadata/read.js';
import { Types } from '../../../src/index.js';
import { keyGroupRangeOf } from '../../../src/model/key-groups.js';
import { operatorIdOfUid } from '../../../src/model/operator-id.js';
import { bytesOf } from '../../format/state/flink-state-files.js';
import { fixtureCases, fixtureSnapshots, fixtureStates } from '../../support/fixtures.js';
import { runs, testSeed } from '../../support/runs.js';

const snapshots = fixtureCases().flatMap((fixture) =>
  fixtureStates(fixture).flatMap((state) =>
    fixtureSnapshots(fixture)
      .filter(({ path }) => path === state.path)
      .map(({ bytes, metadataFile }) => ({ fixture, state, metadata: readMetadata(bytes), metadataFile }))
      .filter(({ metadata }) =>
        metadata.operators.some(({ subtasks }) =>
          subtasks.some(({ managedKeyedState: [handle] }) => handle?.kind === 'incremental'),
        ),
      )
      .map((parts) => ({ ...parts, title: `${fixture.flinkVersion} ${fixture.name}` })),
  ),
);

describe('state of RocksDB', () => {
  test('is there of several versions of Flink', () => {
    expect(new Set(snapshots.map(({ fixture }) => fixture.flinkVersion)).size).toBeGreaterThanOrEqual(3);
  });

  // All in the long run; in the short one some, others each time.
  const step = runs({ sample: 3, full: 1 });
  const sampled = snapshots.filter((_, index) => index % step === testSeed % step);

  test.each(sampled)('comes back by ranges of key groups: $title', async ({ fixture, state, ...parts }) => {
    const { metadata, metadataFile } = parts;
    const operator = metadata.operators.find(({ id }) => id === operatorIdOfUid(state.attributes.uid ?? ''))!;
    const { maxParallelism } = operator;
    const read = async (stream: Parameters<typeof bytesOf>[0]) =>
      bytesOf(stream, fixture, dirname(metadataFile))!;
    const declared = { key: Types.STRING as never, states: [] };
    const handles = operator.subtasks.flatMap(({ managedKeyedState }) => managedKeyedState);
    const lines: string[] = [];
    for (let subtask = 0; subtask < 2; subtask++) {
      for (const handle of handles) {
        const restoring = { operatorName: 'counter', maxParallelism, streams: { read }, declared };
        const restored = await openRestored(handle, restoring);
        expect(restored.states.map(({ name }) => name)).toContain(state.attributes.state);
        for await (const entry of restored.entries(keyGroupRangeOf(subtask, 2, maxParallelism))) {
          if (entry.state.name === state.attributes.state) lines.push(`${entry.key}=${entry.value}`);
        }
      }
    }
    expect(lines.sort()).toEqual([...state.lines].sort());
  });
});
