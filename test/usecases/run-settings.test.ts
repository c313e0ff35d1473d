import { describe, expect, it } from 'vitest';
import { Configuration, options } from '../../src/engine/configuration.js';
import { propertiesOf } from '../../src/usecases/run-settings.js';

describe('short forms', () => {
  it('are the Flink options that they stand for', () => {
    const configuration = Configuration.of(
      propertiesOf({
        parallelism: 3,
        interval: '2s',
        mode: 'at-least-once',
        backend: 'memory',
        unaligned: true,
        retain: 5,
        onCancel: 'delete',
      }),
    );
    expect(configuration.get(options.parallelism)).toBe(3);
    expect(configuration.get(options.interval)).toBe(2000);
    expect(configuration.get(options.mode)).toBe('AT_LEAST_ONCE');
    expect(configuration.get(options.unaligned)).toBe(true);
    expect(configuration.get(options.storage)).toBe('jobmanager');
    expect(configuration.get(options.numRetained)).toBe(5);
    expect(configuration.get(options.retention)).toBe('DELETE_ON_CANCELLATION');
  });

  it('name the backend as well as the place of its checkpoints', () => {
    const [memory, rocksdb] = (['memory', 'rocksdb'] as const).map((backend) =>
      Configuration.of(propertiesOf({ backend, incremental: backend === 'rocksdb' })),
    );
    expect([memory!.get(options.backend), memory!.get(options.incremental)]).toEqual(['hashmap', false]);
    expect([rocksdb!.get(options.backend), rocksdb!.get(options.incremental)]).toEqual(['rocksdb', true]);
    expect(rocksdb!.get(options.storage)).toBe('filesystem');
  });

  it('set nothing where they are left out', () => {
    expect(propertiesOf({})).toEqual([]);
  });

  it('win over the same option by its key', () => {
    const properties = ['parallelism.default=2', 'execution.checkpointing.interval = 7 s'];
    const configuration = Configuration.of(propertiesOf({ properties, parallelism: 4 }));
    expect(configuration.get(options.parallelism)).toBe(4);
    expect(configuration.get(options.interval)).toBe(7000);
  });

  it.each([
    [{ interval: 'often' }, '--interval often'],
    [{ parallelism: 99_999 }, '--parallelism 99999'],
    [{ properties: ['execution.checkpointing.interval=often'] }, '-D execution.checkpointing.interval=often'],
  ])('are what an error points to where they were typed: %j', (settings, where) => {
    expect(() => Configuration.of(propertiesOf(settings))).toThrow(expect.objectContaining({ where }));
  });

  it('refuse a property without a value', () => {
    expect(() => propertiesOf({ properties: ['parallelism.default'] })).toThrow('-D wants key=value');
  });
});
