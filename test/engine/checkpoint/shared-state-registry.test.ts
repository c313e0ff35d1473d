// Which shared files go, and when: against a plain model of who refers to what.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SharedStateRegistry } from '../../../src/engine/checkpoint/shared-state-registry.js';
import type { HandleAndLocalPath, Metadata } from '../../../src/model/metadata.js';
import { runs, testSeed } from '../../support/runs.js';

const NOBODY = Number.POSITIVE_INFINITY;
const nameOf = (file: number) => `00000000-0000-4000-8000-${String(file).padStart(12, '0')}`;
const pathOf = (file: number) => `file:///checkpoints/job/shared/${nameOf(file)}`;

function checkpoint(id: number, paths: readonly string[]): Metadata {
  const shared = paths.map(
    (path, index): HandleAndLocalPath => ({
      localPath: `${index}.sst`,
      stream: { kind: 'file', path, sizeBytes: 1n },
    }),
  );
  const handle = {
    kind: 'incremental',
    checkpointId: BigInt(id),
    backendId: nameOf(0),
    keyGroups: { first: 0, last: 127 },
    checkpointedSizeBytes: 1n,
    metaStream: { kind: 'bytes', handleName: '', data: new Uint8Array() },
    shared,
    private: [{ localPath: 'CURRENT', stream: { kind: 'file', path: pathOf(999), sizeBytes: 1n } }],
    stateHandleId: nameOf(0),
  } as const;
  const subtask = {
    index: 0,
    finished: false,
    managedOperatorState: [],
    rawOperatorState: [],
    managedKeyedState: [handle],
    rawKeyedState: [],
    inputChannelState: [],
    resultSubpartitionState: [],
    legacyState: [],
  };
  const operator = {
    id: '0'.repeat(32),
    name: null,
    uid: null,
    parallelism: 1,
    maxParallelism: 128,
    fullyFinished: false,
    coordinatorState: null,
    subtasks: [subtask],
  };
  return {
    formatVersion: 3,
    dialect: 'current',
    checkpointId: BigInt(id),
    masterStates: [],
    operators: [operator],
    properties: null,
  };
}

const filesOf = (registry: SharedStateRegistry, oldestBase: number) =>
  registry
    .takeUnused(oldestBase)
    .map(({ path }) => Number(path.slice(-12)))
    .sort((a, b) => a - b);

describe('a shared file', () => {
  test('goes with the last checkpoint that refers to it', () => {
    const registry = new SharedStateRegistry();
    registry.register(1, checkpoint(1, [pathOf(1), pathOf(2)]));
    registry.register(2, checkpoint(2, [pathOf(2), pathOf(3)]));
    expect(filesOf(registry, NOBODY)).toEqual([]);
    registry.retire(1);
    expect(filesOf(registry, NOBODY)).toEqual([1]);
    registry.retire(2);
    expect(filesOf(registry, NOBODY)).toEqual([2, 3]);
    expect(filesOf(registry, NOBODY)).toEqual([]);
  });

  test('stays while a checkpoint is under way that was built upon one that refers to it', () => {
    const registry = new SharedStateRegistry();
    registry.register(4, checkpoint(4, [pathOf(4)]));
    registry.register(5, checkpoint(5, [pathOf(5)]));
    registry.retire(4);
    expect(filesOf(registry, 4)).toEqual([]);
    registry.register(6, checkpoint(6, [pathOf(4)]));
    expect(filesOf(registry, NOBODY)).toEqual([]);
    registry.retire(6);
    expect(filesOf(registry, NOBODY)).toEqual([4]);
  });

  test('is one under all spellings of its location', () => {
    const registry = new SharedStateRegistry();
    registry.register(1, checkpoint(1, [pathOf(1)]));
    registry.register(2, checkpoint(2, [pathOf(1).replace('file:///', 'file:/')]));
    registry.retire(1);
    expect(filesOf(registry, NOBODY)).toEqual([]);
  });

  test.each([
    'file:///etc/passwd',
    `file:///checkpoints/job/chk-3/${nameOf(1)}`,
    'file:///checkpoints/job/shared/notes.txt',
    `file:///checkpoints/job/shared/../../other/${nameOf(1)}`,
    'gs://bucket/shared/00000000-0000-4000-8000-000000000001',
  ])('is never removed where no checkpoint puts one: %s', (path) => {
    const registry = new SharedStateRegistry();
    registry.register(1, checkpoint(1, [path]));
    registry.retire(1);
    expect(registry.takeUnused(NOBODY)).toEqual([]);
  });

  test('is there as long as a checkpoint refers to it, and gone afterwards', () => {
    const history = fc.array(
      fc.record({ files: fc.uniqueArray(fc.nat(9)), retire: fc.nat(5), oldestBase: fc.nat(30) }),
    );
    const check = (steps: readonly { files: number[]; retire: number; oldestBase: number }[]) => {
      const registry = new SharedStateRegistry();
      const alive = new Map<number, readonly number[]>();
      const waiting = new Map<number, readonly number[]>();
      const present = new Set<number>();
      for (const [index, { files, retire, oldestBase }] of steps.entries()) {
        registry.register(index + 1, checkpoint(index + 1, files.map(pathOf)));
        alive.set(index + 1, files);
        for (const file of files) present.add(file);
        for (const id of [...alive.keys()].slice(0, retire)) {
          registry.retire(id);
          waiting.set(id, alive.get(id)!);
          alive.delete(id);
        }
        for (const file of filesOf(registry, oldestBase)) expect(present.delete(file)).toBe(true);
        for (const id of [...waiting.keys()]) if (id < oldestBase) waiting.delete(id);
        const used = new Set([...alive.values(), ...waiting.values()].flat());
        expect([...present].sort()).toEqual([...used].sort());
      }
    };
    fc.assert(fc.property(history, check), {
      numRuns: runs({ sample: 100, full: 5000 }),
      seed: testSeed,
    });
  });
});
