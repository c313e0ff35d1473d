import { defineConfig } from 'vitest/config';

// unit: one room at a time, real files, no process and no server; ten seconds in all.
// joint: several rooms together, whole runs of the engine, servers played inside the process.
// isolated: tests that mock Node's modules or measure memory, each file in a world of its own; the others share one.
// cli: the built binary; its files share one world, and with it the process that stays. peers: real Flink.
// servers: storage drivers against a real S3 server and a real HDFS.
const ISOLATED = [
  'test/engine/state/rocksdb-missing.test.ts',
  'test/format/metadata/bounds.test.ts',
  'test/format/metadata/limits.test.ts',
  'test/storage/local-faults.test.ts',
  'test/support/clock.test.ts',
  'test/survey/reference-memory.test.ts',
];

const JOINT = [
  'test/contract/**/*.test.ts',
  'test/crash/**/*.test.ts',
  'test/usecases/**/*.test.ts',
  'test/engine/{exactly-once,restore,storage-faults,unaligned}.test.ts',
  'test/engine/checkpoint/{checkpointing,shared-state}.test.ts',
  'test/engine/connectors/{file-sink,text-file-source}.test.ts',
  'test/engine/state/{heap,rocksdb}-backend.test.ts',
  'test/format/**/{fixtures,flink-files,flink-tables}.test.ts',
  'test/format/metadata/{fuzz,round-trip}.test.ts',
  'test/format/state/{keyed,operator}-snapshot.test.ts',
  'test/storage/hdfs/{connections,listing}.test.ts',
  'test/storage/s3/listing.test.ts',
  'test/survey/{hostile-state,reference-cursor}.test.ts',
];
/** The full counts take their time; a sample that hangs is a failure. */
const testTimeout = process.env.CKPT_TEST_FULL === '1' ? 1_800_000 : 120_000;
// What a test made it removes afterwards: after a full count that may be much.
const hookTimeout = 120_000;
const NOT_IN_PROCESS = ['test/cli/**', 'test/peers/**', 'test/servers/**', 'test/fixtures/**'];

export default defineConfig({
  test: {
    disableConsoleIntercept: true,
    testTimeout,
    hookTimeout,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          pool: 'threads',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...NOT_IN_PROCESS, ...ISOLATED, ...JOINT],
        },
      },
      {
        extends: true,
        test: { name: 'joint', pool: 'threads', isolate: false, include: JOINT, exclude: ISOLATED },
      },
      {
        extends: true,
        test: { name: 'isolated', include: ISOLATED },
      },
      {
        extends: true,
        test: { name: 'cli', pool: 'threads', isolate: false, include: ['test/cli/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          testTimeout: Math.max(testTimeout, 600_000),
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
