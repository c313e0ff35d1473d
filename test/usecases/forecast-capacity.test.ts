import { describe, expect, it } from 'vitest';
import { forecastCapacity } from '../../src/usecases/forecast-capacity.js';

const FILE = { path: 'job.yaml', words: { operators: [{ state: '1GB' }], interval: '1m' } };

describe('a job to forecast', () => {
  it('is the same by flags and by a file', () => {
    const flags = { operators: 10, state: '1GB', interval: '1m' };
    const words = { operators: [{ count: 10, state: '1GB' }], interval: '1m' };
    expect(forecastCapacity({ file: null, flags })).toEqual(
      forecastCapacity({ file: { path: 'job.yaml', words }, flags: {} }),
    );
  });

  it('is that of the file with flags above it', () => {
    const { model } = forecastCapacity({ file: FILE, flags: { interval: '5m', retained: 3 } });
    expect(model).toMatchObject({ intervalMs: 300_000, retained: 3 });
  });

  it.each([
    ['nothing at all', null, {}, /no job/],
    ['operators in both', FILE, { state: '2GB' }, /both say/],
    ['an empty file', { path: 'job.yaml', words: null }, {}, /^job.yaml: operators: /],
    ['a file that is a list', { path: 'job.yaml', words: [1] }, {}, /job.yaml/],
    ['a file that is a text', { path: 'job.yaml', words: 'interval' }, { interval: '1m' }, /job.yaml/],
    ['a flag that is no number', FILE, { compression: Number.NaN }, /^--compression: /],
    ['no interval', null, { state: '1GB' }, /^--interval: missing$/],
    ['a state without a unit', null, { state: '5', interval: '1m' }, /^--state: wants a number with a unit/],
    ['a contradiction of flags', null, { state: '1B', interval: '1m', incremental: true }, /^the flags: /],
  ])('is refused: %s', (_, file, flags, message) => {
    expect(() => forecastCapacity({ file, flags })).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });
});
