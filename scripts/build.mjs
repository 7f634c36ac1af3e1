// Builds dist/ from src/, file by file. It does not check the types (`npm run types` does), because `npm start` builds
// while a person waits.
import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildConsole } from './console-build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const entryPoints = readdirSync(join(root, 'src'), { recursive: true })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.endsWith('.d.ts'))
  .map((path) => join(root, 'src', path));

rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  entryPoints,
  outdir: join(root, 'dist'),
  outbase: join(root, 'src'),
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
});
await buildConsole(join(root, 'dist/console'));
chmodSync(join(root, 'dist/cli/chorus.js'), 0o755);
