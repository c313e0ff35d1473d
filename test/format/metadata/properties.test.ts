import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../src/format/bytes/byte-reader.js';
import { ByteWriter } from '../../../src/format/bytes/byte-writer.js';
import { readProperties, writeProperties } from '../../../src/format/metadata/properties.js';
import { readMetadata } from '../../../src/format/metadata/read.js';
import type { CheckpointProperties, SnapshotType } from '../../../src/model/metadata.js';
import { fixtureCases, fixtureSnapshots } from '../../support/fixtures.js';

const NO_FLAGS = {
  forced: false,
  unclaimed: false,
  discardSubsumed: false,
  discardFinished: false,
  discardCancelled: false,
  discardFailed: false,
  discardSuspended: false,
};
const CHECKPOINT: SnapshotType = { kind: 'checkpoint', name: 'Checkpoint', sharing: 'FORWARD_BACKWARD' };
const RETAINED: CheckpointProperties = {
  ...NO_FLAGS,
  snapshotType: CHECKPOINT,
  discardSubsumed: true,
  discardFinished: true,
};

function written(properties: CheckpointProperties | null): Buffer {
  const writer = new ByteWriter();
  writeProperties(writer, properties);
  return Buffer.from(writer.take());
}

function read(bytes: Uint8Array): CheckpointProperties | null {
  return readProperties(new ByteReader(bytes));
}

/** `bytes` with every `before` replaced. */
function replaced(bytes: Buffer, before: string, after: string): Buffer {
  return Buffer.from(bytes.toString('latin1').replaceAll(before, after), 'latin1');
}

describe('CheckpointProperties', () => {
  it('of real snapshots of Flink are as Flink writes them', () => {
    const named = fixtureCases()
      .flatMap(fixtureSnapshots)
      .flatMap(({ bytes }) => {
        const { properties } = readMetadata(bytes);
        return properties === null ? [] : [{ bytes, properties }];
      });
    expect(new Set(named.map(({ properties }) => properties.snapshotType.kind)).size).toBe(2);
    for (const { bytes, properties } of named) {
      const end = written(properties);
      expect(bytes.subarray(-end.length)).toEqual(end);
    }
  });

  it('have the length and the place of the flags that Flink has', () => {
    const bytes = written(RETAINED);
    expect(bytes.length).toBe(604);
    expect([...bytes.subarray(258, 265)]).toEqual([0, 0, 1, 1, 0, 0, 0]);
    expect(written({ ...RETAINED, forced: true, unclaimed: true })[264]).toBe(1);
  });

  it('of a savepoint have its format and what comes after it', () => {
    const savepoint = (
      format: 'CANONICAL' | 'NATIVE',
      postCheckpointAction: 'NONE' | 'SUSPEND' | 'TERMINATE',
    ) =>
      written({
        ...NO_FLAGS,
        snapshotType: { kind: 'savepoint', name: 'Savepoint', format, postCheckpointAction },
      });
    expect(savepoint('CANONICAL', 'NONE').length).toBe(745);
    expect(savepoint('NATIVE', 'NONE').length).toBe(742);
    for (const action of ['NONE', 'SUSPEND', 'TERMINATE'] as const) {
      expect(read(savepoint('NATIVE', action))?.snapshotType).toMatchObject({ postCheckpointAction: action });
    }
  });

  it.each(['FORWARD_BACKWARD', 'FORWARD', 'NO_SHARING'] as const)(
    'are read as written with %s',
    (sharing) => {
      const properties = { ...RETAINED, snapshotType: { ...CHECKPOINT, sharing } };
      expect(read(written(properties))).toEqual(properties);
    },
  );

  it('may be null', () => {
    expect(written(null).toString('hex')).toBe('aced000570');
    expect(read(written(null))).toBeNull();
  });
});

describe('refuses', () => {
  const bytes = written(RETAINED);
  const withByte = (offset: number, value: number) => {
    const changed = Buffer.from(bytes);
    changed[offset] = value;
    return changed;
  };

  it.each([
    ['no object stream', withByte(0, 0xad), 'no Java object stream'],
    ['another stream version', withByte(3, 6), 'unknown stream version'],
    ['another kind of content', withByte(4, 0x75), 'unknown type code 117'],
    [
      'another class',
      replaced(bytes, 'CheckpointProperties', 'CheckpointPropertieX'),
      'not the CheckpointProperties',
    ],
    ['another serialVersionUID', withByte(70, 1), 'not the CheckpointProperties'],
    ['a class with its own writing method', withByte(72, 3), 'unknown class flags 3'],
    ['a flag that is neither 0 nor 1', withByte(258, 2), 'expected 0 or 1, found 2'],
    [
      'a field of another type',
      withByte(75, 'I'.charCodeAt(0)),
      'a field discardCancelled of an unknown type',
    ],
    [
      'an unknown sharing strategy',
      replaced(bytes, 'FORWARD_BACKWARD', 'FORWARD_SIDEWAYS'),
      'not the CheckpointProperties',
    ],
    [
      'a string instead of the properties',
      Buffer.from('aced000574000161', 'hex'),
      'not the CheckpointProperties',
    ],
    [
      'a reference to nothing',
      Buffer.from('aced000571007e0000', 'hex'),
      'a reference to nothing that came before',
    ],
    [
      'a reference to itself',
      Buffer.from(
        'aced0005737200014100000000000000000200014c000161740001417870 71007e0002'.replaceAll(' ', ''),
        'hex',
      ),
      'a reference to nothing that came before',
    ],
    ['the end of the bytes', bytes.subarray(0, 600), 'needs'],
  ])('%s', (_, changed, message) => {
    expect(() => read(changed)).toThrow(
      expect.objectContaining({ code: 'format', message: expect.stringContaining(message) }),
    );
    expect(() => read(changed)).toThrow('properties');
  });

  it('objects that lie too deep', () => {
    const nested = Buffer.from('73720001410000000000000000020001 4c000161'.replaceAll(' ', ''), 'hex');
    const type = Buffer.from('7400014178', 'hex');
    const level = Buffer.concat([nested, type, Buffer.from('70', 'hex')]);
    const deep = Buffer.concat([Buffer.from('aced0005', 'hex'), ...Array.from({ length: 40 }, () => level)]);
    expect(() => read(deep)).toThrow('objects lie more than 16 deep');
  });
});
