// The import rules of src/README.md: the rooms of src/ from top to bottom.
// A room may import itself and the rooms below it.
const rooms = [
  'cli',
  'main',
  'composition',
  'maintenance',
  'measure',
  'moving-over',
  'http',
  'admin',
  'plugin',
  'wyoming',
  'conversation',
  'speech',
  'device',
  'config',
  'providers',
  'engines',
  'audio',
  'capacity',
  'platform',
  'records',
  'core',
];
const path = (names) => `^src/(${names.join('|')})(/|\\.ts$)`;
/** What other rooms may import of a room. */
const faces = ['(^|/)index\\.ts$', '-port\\.ts$'];
/** Single files that are faces too. */
const singleFiles = [
  // The face of the composition root.
  '^src/main\\.ts$',
  // Rates and formats without the decoders, which the command line and plug-ins need not load.
  '^src/audio/format\\.ts$',
  // A bound that the API states. index.ts loads the library, which the command line does not need.
  '^src/conversation/knowledge/limits\\.ts$',
];
/** Files that may import single files of other rooms, because a whole room costs them time or memory. */
const spared = [
  // A child process loads only what it runs.
  '-child\\.ts$',
  '^src/speech/listening/process/',
  // The listening process loads it.
  '^src/providers/vad/silero-graph\\.ts$',
  // The package of a plug-in loads it.
  '^src/plugin/(plugin|check)\\.ts$',
  '^src/plugin/testing/',
];
/** Rooms that look at a running server from outside, or bring data to it. Nothing that serves a device needs them. */
const outside = ['maintenance', 'measure', 'moving-over'];
const serving = rooms.slice(rooms.indexOf('http'));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'not-to-dev-dep',
      severity: 'error',
      from: { path: '^src', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    ...rooms.slice(1).map((room, index) => ({
      name: `${room}-imports-only-rooms-below`,
      severity: 'error',
      from: { path: path([room]), pathNot: '\\.test\\.ts$' },
      to: { path: path(rooms.slice(0, index + 1)) },
    })),
    ...rooms.map((room) => ({
      name: `${room}-is-entered-by-its-faces`,
      severity: 'error',
      comment: 'of another room only its index.ts or a ...-port.ts; the exceptions stand above, with reasons',
      from: {
        path: '^src/',
        pathNot: [path([room]), '\\.test\\.ts$', ...spared, ...(room === 'composition' ? ['^src/main\\.ts$'] : [])],
      },
      to: { path: path([room]), pathNot: [...faces, ...singleFiles] },
    })),
    {
      name: 'what-serves-does-not-measure',
      severity: 'error',
      from: { path: path(serving), pathNot: '\\.test\\.ts$' },
      to: { path: path(outside), reachable: true },
    },
    {
      name: 'console-knows-only-the-contract-of-the-api',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^src/', pathNot: '^src/admin/contract' },
    },
    {
      name: 'console-imports-only-types-of-the-server',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'nothing-imports-console', severity: 'error', from: { pathNot: '^console/' }, to: { path: '^console/' } },
    {
      name: 'providers-do-not-import-each-other',
      severity: 'error',
      comment: 'src/providers/<kind>/<provider> knows its port, not its siblings',
      from: { path: '^src/providers/([^/]+)/([^/]+)/' },
      to: { path: '^src/providers/([^/]+)/([^/]+)/', pathNot: '^src/providers/$1/$2/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
