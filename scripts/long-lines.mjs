// Finds strings, comments and patterns in lines of more than 120 characters, which the formatter does not break.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LONGEST = 120;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['src', 'console', 'test', 'bench', 'scripts', 'examples', 'deploy', 'assets/report'];
const CODE = /\.(?:[cm]?ts|tsx|[cm]?js|css|sh)$/;
const OTHERS = /(?:^|\/)(?:node_modules|dist|results)\//;

const files = FOLDERS.flatMap((folder) =>
  readdirSync(`${ROOT}/${folder}`, { recursive: true }).map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
).filter((path) => CODE.test(path) && !OTHERS.test(path));
const long = [...files, 'vitest.config.ts', '.dependency-cruiser.cjs', '.ci/run'].flatMap((path) =>
  readFileSync(`${ROOT}/${path}`, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.length > LONGEST ? [`${path}:${index + 1}: ${line.length} characters`] : [])),
);
if (long.length > 0) {
  console.error(`Lines of more than ${LONGEST} characters:\n${long.join('\n')}`);
  process.exitCode = 1;
}
