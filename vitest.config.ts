import { defineConfig } from 'vitest/config';

// unit: functions and rooms, real files, no process and no server. cli: the built binary. peers: real Flink.
// servers: storage drivers against a real S3 server and a real HDFS.
// isolated: units that mock Node's modules or measure memory, each file in a world of its own; the others share one.
const ISOLATED = [
  'test/engine/state/rocksdb-missing.test.ts',
  'test/format/metadata/limits.test.ts',
  'test/storage/local-faults.test.ts',
  'test/support/clock.test.ts',
  'test/survey/reference-memory.test.ts',
];

export default defineConfig({
  test: {
    disableConsoleIntercept: true,
    testTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          pool: 'threads',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: ['test/cli/**', 'test/peers/**', 'test/servers/**', 'test/fixtures/**', ...ISOLATED],
        },
      },
      {
        extends: true,
        test: { name: 'isolated', include: ISOLATED },
      },
      {
        extends: true,
        test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: ['test/servers/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
