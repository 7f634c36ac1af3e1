// Builds dist/ from src/. Types are checked by `npm run types`, not here: `npm start` must be quick on a small machine.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';

const root = new URL('..', import.meta.url).pathname;
rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status === 0) chmodSync(`${root}dist/cli/chorus.js`, 0o755);
process.exit(status ?? 1);
