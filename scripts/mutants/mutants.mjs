// `npm run mutants -- FILE[:LINES]... [TEST...]` changes the files in many small ways (StrykerJS), and shows the
// changes that no nearby test detects. Nearby tests are in the file's folder, import the file, are listed in
// `NAMED_FOR`, or are on the command line. StrykerJS (64 MB) is not a dependency. It is installed in `.mutants/`, next
// to its results.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folders whose tests are elsewhere. The tests listed here use a fake clock and no server. */
const NAMED_FOR = [
  ['src/conversation/turn/', 'test/scenarios/turn'],
  ['src/platform/store/', 'test/contracts/store-libsql'],
];
const VERSION = '9.6.1'; // Version 10 needs Node 22.
const root = fileURLToPath(new URL('../..', import.meta.url));
const home = join(root, '.mutants');

const isTest = (path) => /\.test\.tsx?$/.test(path);
const targets = process.argv.slice(2).filter((path) => !isTest(path));
const files = targets.map((target) => target.split(':')[0]);
if (files.length === 0 || files.some((file) => !existsSync(join(root, file)) || !/\.tsx?$/.test(file))) {
  console.error('usage: npm run mutants -- src/<file>.ts[:FROM-TO]... [test file...]');
  process.exit(2);
}

/**
 * The tests in the file's folder, those that import the file, and those in `NAMED_FOR`, except tests with a whole
 * server.
 */
function testsNear(file) {
  const wanted = resolve(root, file);
  return ['src', 'console', 'test']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((path) => join(root, folder, path)))
    .filter((path) => isTest(path) && !path.includes('/test/e2e/'))
    .filter((path) => dirname(path) === dirname(wanted) || imports(path).includes(wanted) || isNamedFor(file, path))
    .map((path) => relative(root, path));
}

function isNamedFor(file, path) {
  return NAMED_FOR.some(([folder, tests]) => file.startsWith(folder) && relative(root, path).startsWith(tests));
}

function imports(path) {
  return [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)].map(
    ([, name]) => `${resolve(dirname(path), name)}.ts`,
  );
}

function run(command, args, env = {}) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (status !== 0) process.exit(status ?? 1);
}

mkdirSync(home, { recursive: true });
const core = join(home, 'node_modules/@stryker-mutator/core');
if (!existsSync(core) || JSON.parse(readFileSync(join(core, 'package.json'), 'utf8')).version !== VERSION) {
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  const options = [
    '--prefix',
    home,
    '--save-exact',
    '--ignore-scripts',
    '--legacy-peer-deps',
    '--no-audit',
    '--no-fund',
  ];
  run('npm', ['install', ...options, ...packages]);
}

const tests = [...new Set([...files.flatMap(testsNear), ...process.argv.slice(2).filter(isTest)])];
console.log(`tests: ${tests.join(' ')}`);
const report = join('.mutants/reports', files.length === 1 ? files[0].replaceAll('/', '-') : 'several');
const config = {
  mutate: targets,
  testRunner: 'vitest',
  vitest: { configFile: 'scripts/mutants/vitest.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  concurrency: 1,
  coverageAnalysis: 'perTest',
  timeoutMS: 10_000,
  tempDirName: '.mutants/copies',
  ignorePatterns: ['/.mutants', '/dist*', '/data', '/bench/results', '/docs', '/deploy', '/examples'],
  reporters: ['clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `${report}.html` },
  jsonReporter: { fileName: `${report}.json` },
  allowConsoleColors: false,
};
writeFileSync(join(home, 'stryker.json'), JSON.stringify(config, null, 2));
run(process.execPath, [join(core, 'bin/stryker.js'), 'run', '.mutants/stryker.json'], {
  CHORUS_MUTANTS_TESTS: JSON.stringify(tests),
});
