import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { readMetadata } from '../../../src/format/metadata/read.js';
import type { Metadata } from '../../../src/model/metadata.js';
import { runs } from '../../support/runs.js';
import {
  bytesOf,
  EMPTY_SEGMENT,
  file,
  fileWith,
  hex,
  i32,
  i64,
  inline,
  KEY_GROUPS,
  list,
  metadataFile,
  NONE,
  OPERATOR_ID_BYTES,
  type Part,
  sized,
  u8,
  utf,
} from './hand-written.js';

/** `count` copies of an element, after their count. */
function repeated(element: Part, count: number): Part {
  const bytes = bytesOf(element);
  return [i32(count), Buffer.alloc(bytes.length * count, bytes)];
}

function incremental(files: Part): Part {
  return [u8(11), i64(1), utf('b'), KEY_GROUPS, i64(1), EMPTY_SEGMENT, files, list(), utf('id')];
}

function withSubtasks(count: number, bytes: Part): Uint8Array {
  return metadataFile(3, [[OPERATOR_ID_BYTES, i32(count), i32(count), NONE, bytes]]);
}

function finishedSubtasks(count: number): Part {
  const indices = Buffer.alloc(4 * count);
  for (let index = 0; index < count; index++) indices.writeInt32BE(-index - 1, 4 * index);
  return [i32(count), indices];
}

/** Files of as many parts as fit in their bytes; a part is `count` of them. */
const DENSE: readonly (readonly [string, (count: number) => Uint8Array])[] = [
  [
    'empty segments of 3 bytes',
    (count) => fileWith({ keyedState: incremental(repeated([utf(''), EMPTY_SEGMENT], count)) }),
  ],
  [
    'inline state of one byte',
    (count) => fileWith({ keyedState: incremental(repeated([utf(''), inline('', 7)], count)) }),
  ],
  [
    'files with paths of one letter',
    (count) => fileWith({ keyedState: incremental(repeated([utf(''), file('x', 1)], count)) }),
  ],
  ['finished subtasks of 4 bytes', (count) => withSubtasks(count, finishedSubtasks(count))],
  [
    'operators without subtasks',
    (count) =>
      bytesOf(
        hex('4960672d'),
        i32(3),
        i64(7),
        i32(0),
        repeated([OPERATOR_ID_BYTES, i32(1), i32(1), NONE, i32(0)], count),
      ),
  ],
  [
    'state names of no letters',
    (count) => fileWith({ operatorState: [u8(4), repeated([utf(''), u8(0), i32(0)], count), EMPTY_SEGMENT] }),
  ],
  [
    'states of one offset',
    (count) =>
      fileWith({ operatorState: [u8(4), repeated([utf('a'), u8(0), list(i64(5))], count), EMPTY_SEGMENT] }),
  ],
  [
    'empty places of one byte',
    (count) =>
      fileWith({
        keyedState: [u8(14), KEY_GROUPS, i64(1), repeated(NONE, count), list(), i64(1), i64(1), utf('')],
      }),
  ],
  [
    'changes of one byte',
    (count) =>
      fileWith({
        keyedState: [
          u8(14),
          KEY_GROUPS,
          i64(1),
          list(),
          list([u8(9), KEY_GROUPS, i64(0), i64(0), repeated([i32(0), sized(1)], count), utf('')]),
          i64(1),
          i64(1),
          utf(''),
        ],
      }),
  ],
  [
    'master states',
    (count) =>
      bytesOf(
        hex('4960672d'),
        i32(3),
        i64(7),
        repeated([hex('c96b1696'), i32(10), i32(0), utf(''), i32(0)], count),
        i32(0),
      ),
  ],
  [
    'offsets',
    (count) => fileWith({ keyedState: [u8(7), i32(0), repeated(i64(2 ** 40), count), EMPTY_SEGMENT] }),
  ],
];

function readOrNull(bytes: Uint8Array): Metadata | null {
  try {
    return readMetadata(bytes);
  } catch {
    return null;
  }
}

describe('memory', () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const used = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };

  it.each(DENSE)('stays within 16 MiB and ten times the size of a file of %s', (_, fileOf) => {
    const bytes = fileOf(runs({ sample: 60_000, full: 400_000 }));
    collectGarbage();
    const before = used();
    const metadata = readOrNull(bytes);
    const peak = used() - before;
    collectGarbage();
    const kept = used() - before;
    const allowed = 16 * 1024 * 1024 + 10 * bytes.length;
    expect(kept).toBeLessThan(allowed);
    expect(peak).toBeLessThan(2 * allowed);
    expect(metadata?.formatVersion ?? 3).toBe(3);
  });

  it('of a small file is no reason to refuse it', () => {
    for (const [, fileOf] of DENSE) expect(readMetadata(fileOf(1000)).formatVersion).toBe(3);
  });

  it('refuses a file of more parts than its bytes can justify', () => {
    const [, fileOf] = DENSE[0]!;
    expect(() => readMetadata(fileOf(400_000))).toThrow('holds more parts than');
  });
});

describe('work', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(DENSE)('is linear in the bytes of a file of %s', (_, fileOf) => {
    const bytes = fileOf(2_000);
    const methods = ['u8', 'u16', 'i32', 'i64', 'utf', 'bytes', 'enter', 'charge'] as const;
    const spies = methods.map((method) => vi.spyOn(ByteReader.prototype, method));
    readMetadata(bytes);
    const calls = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    expect(calls).toBeLessThan(3 * bytes.length);
  });
});
