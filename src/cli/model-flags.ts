// The flags that are words of a job's model: src/capacity/model-words.ts says what they mean and checks them.
import { boolean, custom, integer, string } from '@oclif/core/flags';

const number = custom<number>({ parse: async (text) => (text.trim() === '' ? Number.NaN : Number(text)) });

const JOB = 'JOB';
const STATE = 'STATE';
const ASSUMED = 'ASSUMED';

/** Flags of the same names as the words. */
export const modelFlags = {
  operators: integer({
    helpGroup: STATE,
    helpValue: 'N',
    min: 1,
    description: 'How many operators are alike.',
  }),
  state: string({ helpGroup: STATE, helpValue: 'SIZE', description: 'State of one operator.' }),
  change: string({ helpGroup: STATE, helpValue: 'RATE', description: 'State that one operator writes.' }),
  metadata: string({ helpGroup: STATE, helpValue: 'SIZE', description: 'Metadata of one operator (1MB).' }),
  interval: string({ helpGroup: JOB, helpValue: 'TIME', description: 'From one checkpoint to the next.' }),
  timeout: string({ helpGroup: JOB, helpValue: 'TIME', description: 'When a checkpoint is given up (10m).' }),
  'min-pause': string({ helpGroup: JOB, helpValue: 'TIME', description: 'Least time between two (0s).' }),
  'max-concurrent': integer({ helpGroup: JOB, helpValue: 'N', description: 'How many at a time (1).' }),
  retained: integer({ helpGroup: JOB, helpValue: 'N', description: 'How many Flink keeps (1).' }),
  lifetime: string({ helpGroup: JOB, helpValue: 'TIME', description: 'How long they are kept besides.' }),
  incremental: boolean({ helpGroup: JOB, allowNo: true, description: 'Incremental checkpoints.' }),
  compression: number({
    helpGroup: ASSUMED,
    helpValue: 'RATIO',
    description: 'Bytes of state for one stored (1).',
  }),
  'write-amplification': number({
    helpGroup: ASSUMED,
    helpValue: 'N',
    description: 'Bytes uploaded for one changed (as levels make it).',
  }),
  'space-amplification': number({
    helpGroup: ASSUMED,
    helpValue: 'N',
    description: 'Bytes in tables for one of state (as above).',
  }),
  bandwidth: string({
    helpGroup: ASSUMED,
    helpValue: 'RATE',
    description: 'Of all tasks together (100MB/s).',
  }),
  alignment: string({
    helpGroup: ASSUMED,
    helpValue: 'TIME',
    description: 'Until barriers are aligned (0s).',
  }),
  ack: string({ helpGroup: ASSUMED, helpValue: 'TIME', description: 'Until all have acknowledged (100ms).' }),
  'failure-every': string({
    helpGroup: ASSUMED,
    helpValue: 'TIME',
    description: 'Mean time between failures (1d).',
  }),
  restart: string({
    helpGroup: ASSUMED,
    helpValue: 'TIME',
    description: 'Until tasks read their state (30s).',
  }),
  'catch-up': number({ helpGroup: ASSUMED, helpValue: 'N', description: 'Times faster than its input (2).' }),
  slowdown: number({
    helpGroup: ASSUMED,
    helpValue: 'SHARE',
    description: 'Throughput lost during a checkpoint (0.1).',
  }),
  stored: string({ helpGroup: ASSUMED, helpValue: 'SIZE', description: 'What lies in the store now (0B).' }),
};
