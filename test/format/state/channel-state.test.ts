// Records in flight: what is written is read, byte for byte as drawn; damage is told.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/format/bytes/byte-writer.js';
import {
  readChannelState,
  readStreamRecords,
  type StreamRecord,
  writeChannelStates,
  writeStreamRecord,
} from '../../../src/format/state/channel-state.js';
import { FormatError } from '../../../src/support/errors.js';
import { testSeed } from '../../support/runs.js';

const record: fc.Arbitrary<StreamRecord> = fc.record({
  value: fc.uint8Array({ maxLength: 20 }),
  timestampMs: fc.option(fc.maxSafeInteger()),
});

function written(records: readonly StreamRecord[]): Uint8Array {
  const target = new ByteWriter();
  for (const each of records) writeStreamRecord(target, each);
  return target.take();
}

describe('records in flight', () => {
  test('are laid out as drawn', () => {
    const bytes = written([
      { value: Uint8Array.of(7), timestampMs: 258 },
      { value: new Uint8Array(), timestampMs: null },
    ]);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      ['0000000e', '00', '0000000000000102', '00000001', '07', '00000005', '01', '00000000'].join(''),
    );
  });

  test('are read as they were written, out of a file with those of other channels', () => {
    const check = (channels: readonly StreamRecord[][]) => {
      const target = new ByteWriter();
      const offsets = writeChannelStates(target, channels.map(written));
      const file = target.take();
      const read = offsets.map((offset) => readStreamRecords(readChannelState(file, offset)));
      expect(read.map((all) => all.map(({ value, timestampMs }) => [[...value], timestampMs]))).toEqual(
        channels.map((all) => all.map(({ value, timestampMs }) => [[...value], timestampMs])),
      );
    };
    fc.assert(fc.property(fc.array(fc.array(record, { maxLength: 5 }), { maxLength: 4 }), check), {
      seed: testSeed,
      numRuns: 50,
    });
  });

  test('that are cut or of another kind are told to be', () => {
    const bytes = written([{ value: Uint8Array.of(1, 2, 3), timestampMs: 5 }]);
    for (let length = 1; length < bytes.length; length++)
      expect(() => readStreamRecords(bytes.subarray(0, length)), `${length}`).toThrow(FormatError);
    expect(() => readStreamRecords(Uint8Array.of(...bytes.subarray(0, 4), 2, ...bytes.subarray(5)))).toThrow(
      /expected tag 0 or 1, found 2/,
    );
    expect(() => readChannelState(Uint8Array.of(0, 0, 0, 1), 4n)).toThrow(/expected version 0, found 1/);
    expect(() => readChannelState(Uint8Array.of(0, 0, 0, 0), 99n)).toThrow(FormatError);
  });
});
