// The import rules of src/README.md: the rooms of src/ from top to bottom. A room may import itself and the rooms below it.
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
/** Rooms that look at a running server from outside, or bring data to it: nothing that serves a device may need them. */
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
