// The import rules of docs/architecture.md. A folder may import itself and what is listed; nothing else of src/.
const allowed = {
  core: [],
  protocol: ['core'],
  scheduling: ['core'],
  config: ['core'],
  machine: ['core'],
  telemetry: ['core'],
  onnx: [],
  'voice/audio': ['core'],
  'voice/engines': ['core', 'onnx', 'voice/audio', 'scheduling'],
  'voice/providers': ['core', 'voice/audio', 'voice/engines', 'scheduling'],
  'voice/listening': ['core', 'voice/audio', 'voice/engines', 'voice/providers', 'scheduling'],
  'voice/speaking': ['core', 'voice/audio', 'voice/engines', 'voice/providers', 'scheduling'],
  dialogue: ['core', 'protocol', 'scheduling'],
  outbound: ['core'],
  store: ['core'],
  firmware: ['core', 'protocol', 'store'],
  session: ['core', 'protocol', 'scheduling'],
  server: ['core', 'config', 'firmware', 'protocol', 'session', 'scheduling', 'store'],
  fleet: ['core', 'protocol', 'voice/audio'],
  bench: ['core', 'config', 'fleet', 'machine', 'onnx', 'report', 'voice'],
  report: ['core'],
  monitor: ['core', 'fleet', 'machine', 'report'],
  doctor: ['core', 'config', 'dialogue', 'fleet', 'machine', 'report', 'scheduling', 'store', 'voice/engines', 'voice/providers'],
  import: ['core', 'config', 'protocol', 'dialogue', 'store'],
  upkeep: ['core'],
  bundle: ['core'],
};
const source = (folder) => `^src/${folder}/`;

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-dev-dep', severity: 'error', from: { path: '^src', pathNot: '\\.test\\.ts$' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] } },
    ...Object.entries(allowed).map(([folder, others]) => ({
      name: `imports-of-${folder.replace('/', '-')}`,
      severity: 'error',
      from: { path: source(folder), pathNot: '\\.test\\.ts$' },
      to: {
        path: '^src/',
        pathNot: [folder, ...others].map(source).concat(folder === 'session' ? ['^src/(voice|dialogue)/.*port\\.ts$', '^src/voice/audio/'] : []),
      },
    })),
    { name: 'nothing-imports-main', severity: 'error', from: { pathNot: '^src/(main|cli/)' }, to: { path: '^src/(main\\.ts|cli/)' } },
    { name: 'nothing-imports-composition', severity: 'error', from: { pathNot: '^src/(main|cli/|composition/)' }, to: { path: '^src/composition/' } },
    { name: 'console-knows-only-the-schemas-of-the-api', severity: 'error', from: { path: '^console/' }, to: { path: '^src/', pathNot: '^src/server/admin/schemas' } },
    { name: 'nothing-imports-console', severity: 'error', from: { pathNot: '^console/' }, to: { path: '^console/' } },
    {
      name: 'adapters-do-not-import-each-other',
      severity: 'error',
      comment: 'src/voice/providers/<port>/<adapter> knows its port, not its siblings',
      from: { path: '^src/voice/providers/(asr|tts|vad)/([^/]+)/' },
      to: { path: '^src/voice/providers/(asr|tts|vad)/([^/]+)/', pathNot: '^src/voice/providers/$1/$2/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
