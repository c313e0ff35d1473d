import { describe, expect, it } from 'vitest';
import { jobModel } from '../../src/capacity/model-words.js';
import { placeIn } from '../../src/support/words.js';
import { GB, MB, MINUTE_MS, model, OPERATOR } from './samples.js';

const JOB = placeIn('job.yaml');
const LEAST = { operators: [{ state: '1GB' }], interval: '1m' };

describe('a model in words', () => {
  it('needs the state and the interval; everything else has a default', () => {
    expect(jobModel(LEAST, JOB)).toEqual(
      model({
        operators: [{ ...OPERATOR, name: 'operator 1', count: 1 }],
        bandwidthBytesPerSecond: 100 * MB,
        writeAmplification: null,
        spaceAmplification: null,
      }),
    );
  });

  it('is read word by word', () => {
    const words = {
      operators: [
        { name: 'window', count: 4, state: '50GB', change: '10MB/s', metadata: '20KB' },
        { name: 'source', state: '1KB' },
      ],
      interval: '30s',
      timeout: '5m',
      'max-concurrent': 2,
      retained: 3,
      lifetime: '7d',
      incremental: true,
      compression: 2.5,
      'write-amplification': 3,
      'space-amplification': 1.2,
      bandwidth: '1GB/s',
      alignment: '200ms',
      ack: '50ms',
      'failure-every': '1w',
      restart: '1m',
      'catch-up': 1.5,
      slowdown: 0.02,
      stored: '1TB',
    };
    expect(jobModel(words, JOB)).toEqual({
      operators: [
        {
          name: 'window',
          count: 4,
          stateBytes: 50 * GB,
          changedBytesPerSecond: 10 * MB,
          metadataBytes: 20_000,
        },
        { name: 'source', count: 1, stateBytes: 1000, changedBytesPerSecond: 0, metadataBytes: MB },
      ],
      intervalMs: MINUTE_MS / 2,
      timeoutMs: 5 * MINUTE_MS,
      minPauseMs: 0,
      maxConcurrent: 2,
      retained: 3,
      lifetimeMs: 7 * 1440 * MINUTE_MS,
      mode: 'incremental',
      compressionRatio: 2.5,
      writeAmplification: 3,
      spaceAmplification: 1.2,
      bandwidthBytesPerSecond: GB,
      alignmentMs: 200,
      ackMs: 50,
      failureEveryMs: 7 * 1440 * MINUTE_MS,
      restartMs: MINUTE_MS,
      catchUpFactor: 1.5,
      slowdownShare: 0.02,
      storedBytes: 1000 * GB,
    });
  });

  it.each([
    ['an unknown word', { ...LEAST, intervall: '1m' }, 'job.yaml.intervall'],
    [
      'an unknown word of an operator',
      { ...LEAST, operators: [{ state: '1GB', size: '1GB' }] },
      'job.yaml.operators.0.size',
    ],
    ['no operators', { interval: '1m' }, 'job.yaml.operators'],
    ['an empty list of operators', { ...LEAST, operators: [] }, 'job.yaml.operators'],
    ['no interval', { operators: LEAST.operators }, 'job.yaml.interval'],
    ['a state of nothing', { ...LEAST, operators: [{ state: '0B' }] }, 'job.yaml.operators.0.state'],
    ['a negative state', { ...LEAST, operators: [{ state: '-1GB' }] }, 'job.yaml.operators.0.state'],
    ['an interval of nothing', { ...LEAST, interval: '0s' }, 'job.yaml.interval'],
    ['an interval without a unit', { ...LEAST, interval: 60 }, 'job.yaml.interval'],
    ['no bandwidth', { ...LEAST, bandwidth: '0MB/s' }, 'job.yaml.bandwidth'],
    ['a size for a rate', { ...LEAST, bandwidth: '100MB' }, 'job.yaml.bandwidth'],
    ['compression below 1', { ...LEAST, compression: 0.5 }, 'job.yaml.compression'],
    ['nothing retained', { ...LEAST, retained: 0 }, 'job.yaml.retained'],
    ['a job that cannot catch up', { ...LEAST, 'catch-up': 1 }, 'job.yaml.catch-up'],
    ['a slowdown above 1', { ...LEAST, slowdown: 1.1 }, 'job.yaml.slowdown'],
    ['not a number', { ...LEAST, compression: Number.NaN }, 'job.yaml.compression'],
    ['a list', [], 'job.yaml'],
  ])('is refused with its place: %s', (_, words, where) => {
    expect(() => jobModel(words, JOB)).toThrow(expect.objectContaining({ code: 'usage', where }));
  });

  it.each([
    ['a pause with concurrency', { 'min-pause': '5s', 'max-concurrent': 2 }, /one at a time/],
    [
      'a lifetime shorter than what is retained',
      { retained: 10, lifetime: '5m' },
      /longer than their lifetime/,
    ],
    ['incremental without changes', { incremental: true }, /never changes/],
    ['amplification of full checkpoints', { 'write-amplification': 2 }, /no amplification/],
    [
      'two operators of one name',
      {
        operators: [
          { name: 'a', state: '1B' },
          { name: 'a', state: '1B' },
        ],
      },
      /one name/,
    ],
  ])('is refused where it contradicts itself: %s', (_, words, message) => {
    expect(() => jobModel({ ...LEAST, ...words }, JOB)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringMatching(message),
        next: expect.any(String),
      }),
    );
  });
});
