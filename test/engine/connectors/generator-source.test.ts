import { describe, expect, it } from 'vitest';
import { type GeneratorSplit, generatorSource } from '../../../src/engine/connectors/generator-source.js';
import { ManualClock } from '../../../src/support/clock.js';

function setUp(recordsPerSecond = 1000) {
  const clock = new ManualClock(5_000);
  return { clock, source: generatorSource((index) => index * 10, { recordsPerSecond, clock }) };
}

async function started(splits: readonly GeneratorSplit[], { source }: ReturnType<typeof setUp>) {
  const reader = source.createReader({ subtaskIndex: 0, parallelism: 1 });
  await reader.start(splits);
  const records: number[] = [];
  const poll = (limit = 1000) =>
    reader.poll({ collect: (record) => records.push(record), emitWatermark: () => {} }, limit);
  return { reader, records, poll };
}

describe('generator source', () => {
  it('makes as many records as the clock allows, in order', async () => {
    const setting = setUp();
    const { records, poll } = await started(await setting.source.discoverSplits(1), setting);
    expect(poll()).toBe('nothing');
    setting.clock.advance(20);
    expect(poll(15)).toBe('more');
    expect(poll(15)).toBe('nothing');
    expect(records).toEqual(Array.from({ length: 20 }, (_, index) => index * 10));
  });

  it('is available when the next record is due', async () => {
    const setting = setUp(4);
    const { reader, records, poll } = await started(await setting.source.discoverSplits(1), setting);
    poll();
    const available = reader.available();
    expect(setting.clock.nextInMs()).toBe(250);
    setting.clock.advance(250);
    await available;
    poll();
    expect(records).toEqual([0]);
  });

  it('keeps its rate when somebody sets the clock back', async () => {
    const setting = setUp();
    const { records, poll } = await started(await setting.source.discoverSplits(1), setting);
    setting.clock.set(0);
    setting.clock.advance(3);
    poll();
    expect(records).toEqual([0, 10, 20]);
  });

  it('goes on after what its state says was emitted, with any number of subtasks', async () => {
    const setting = setUp();
    const first = await started(await setting.source.discoverSplits(1), setting);
    setting.clock.advance(37);
    first.poll();
    const state = first.reader
      .snapshotState()
      .map((split) => setting.source.deserializeSplit(setting.source.serializeSplit(split)));
    const later = await Promise.all(
      [0, 1].map((subtask) =>
        started(
          state.filter((_, index) => index % 2 === subtask),
          setting,
        ),
      ),
    );
    setting.clock.advance(100);
    for (const { poll } of later) poll();
    expect(later.map(({ records }) => records.length)).toEqual([50, 50]);
    const all = [first, ...later].flatMap(({ records }) => records).sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 137 }, (_, index) => index * 10));
  });

  it('keeps the order of the records when one subtask goes on', async () => {
    const setting = setUp();
    const first = await started(await setting.source.discoverSplits(1), setting);
    setting.clock.advance(5);
    first.poll();
    const second = await started(first.reader.snapshotState(), setting);
    setting.clock.advance(4);
    second.poll();
    expect(second.records).toEqual([50, 60, 70, 80]);
  });

  it('ends at once for a subtask that has no share', async () => {
    const setting = setUp();
    expect((await started([], setting)).poll()).toBe('end');
  });

  it('refuses a rate that is none, and state of something else', () => {
    expect(() => generatorSource(String, { recordsPerSecond: 0 })).toThrow('0 records a second');
    const source = generatorSource(String, { recordsPerSecond: 1 });
    for (const broken of ['', '{"next":-1,"step":1}', '{"next":1,"step":0}']) {
      expect(() => source.deserializeSplit(Buffer.from(broken)), broken).toThrow(
        'not the position of a generator',
      );
    }
  });
});
