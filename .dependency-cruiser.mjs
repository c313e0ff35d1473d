// The import directions of docs/develop.md. Each rule tells whoever breaks it what to do.

/** Which rooms of src/ each room may import; itself always. */
const rooms = {
  support: [],
  model: ['support'],
  format: ['model', 'support'],
  storage: ['model/location', 'support'],
  survey: ['storage', 'format', 'model', 'support'],
  liveness: ['storage', 'format', 'model', 'support'],
  graph: ['model', 'support'],
  retention: ['model', 'support'],
  capacity: ['model', 'support'],
  cleanup: ['storage', 'model', 'support'],
  transfer: ['storage', 'model', 'support'],
  engine: ['storage', 'format', 'model', 'support'],
  render: ['model', 'support'],
  usecases: [
    'survey',
    'liveness',
    'graph',
    'retention',
    'capacity',
    'cleanup',
    'transfer',
    'engine',
    'storage',
    'format',
    'model',
    'support',
    'index', // run-job hands a job the public interface
  ],
  cli: ['render', 'storage', 'model', 'support'],
  commands: ['usecases', 'render', 'cli', 'model', 'support'],
};

/** Commands that change stores. */
const CHANGING = ['apply', 'clean', 'undo', 'trash', 'unlock', 'copy', 'run'];

const direction = ([room, allowed]) => ({
  name: `${room}-imports`,
  severity: 'error',
  comment: `src/${room} may import ${allowed.join(', ') || 'nothing of src'}: move the code, or pass a value in (docs/develop.md)`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [room, ...allowed].map((name) => `^src/${name}(/|\\.ts$)`) },
});

const onlyFrom = (name, comment, modules, places) => ({
  name,
  severity: 'error',
  comment,
  from: { path: '^src/', pathNot: places },
  to: { path: modules },
});

export default {
  forbidden: [
    ...Object.entries(rooms).map(direction),
    onlyFrom(
      'files-only-in-storage',
      'reach files through a StorageReader; a job reads its own files in engine/connectors, and RocksDB works on a local disk',
      '^(node:)?fs(/promises)?$',
      ['^src/storage/', '^src/engine/connectors/', '^src/engine/state/rocksdb/working-directory\\.ts$'],
    ),
    onlyFrom(
      'rocksdb-only-in-its-backend',
      'the package is optional and large: load it behind LocalDatabases, when a job wants it',
      'node_modules/rocksdb-native/',
      ['^src/engine/state/rocksdb/native-database\\.ts$'],
    ),
    onlyFrom(
      'stores-only-in-storage',
      'the AWS SDK and WebHDFS are reached in storage/ only',
      'node_modules/(@aws-sdk|@smithy|webhdfs)/',
      ['^src/storage/'],
    ),
    onlyFrom(
      'network-only-in-storage',
      'open connections in storage/, liveness/ or engine/, so that what needs the network can be seen in one place',
      '^(node:)?(http|https|net|tls)$',
      ['^src/storage/', '^src/liveness/', '^src/engine/(connectors|rest)/'],
    ),
    onlyFrom(
      'oclif-only-in-commands',
      'the rest of the program does not know that it is a command line',
      'node_modules/@oclif/',
      ['^src/cli/', '^src/commands/'],
    ),
    onlyFrom(
      'looks-only-in-render',
      'return values and let render/ show them',
      'node_modules/(chalk|cli-table3|cli-progress)/',
      ['^src/render/', '^src/cli/'],
    ),
    {
      name: 'who-looks-cannot-change',
      severity: 'error',
      comment:
        'a command that only looks must hold nothing that could write: openRemovers is for those that change stores',
      from: { path: '^src/commands/', pathNot: CHANGING.map((name) => `^src/commands/${name}(/|\\.ts$)`) },
      to: { path: '^src/cli/removers\\.ts$', reachable: true },
    },
    {
      name: 'one-door-for-changes',
      severity: 'error',
      comment: 'stores are opened by the command line and handed in: import types of storage/open.ts alone',
      from: { path: '^src/', pathNot: ['^src/cli/'] },
      to: { path: '^src/storage/open\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'a cycle has no reading order: find the piece both sides need and move it down',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'nobody imports this file: remove it, or use it',
      from: { orphan: true, path: '^src/', pathNot: ['^src/index\\.ts$', '^src/commands/'] },
      to: {},
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      comment: 'what src/ imports must be a dependency of the published package',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
