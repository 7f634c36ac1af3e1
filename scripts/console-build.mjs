// Builds the page at `GET /`: bundles console/ into one folder of static files. The page loads nothing from elsewhere.
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'console');

/** The licences of bundled code by other authors, as a comment for the bundle. They must be in it, too. */
function notices() {
  const of = (name, file) => `${name}\n\n${readFileSync(join(root, 'node_modules', name, file), 'utf8').trim()}`;
  return `/*!\n${[of('preact', 'LICENSE'), of('uqr', 'LICENSE')].join('\n\n')}\n*/`;
}

/** Writes the page's files into `outdir`: index.html, page.css, icon.svg, main.js and the two audio worklets. */
export async function buildConsole(outdir) {
  mkdirSync(outdir, { recursive: true });
  const common = {
    bundle: true,
    minify: true,
    outdir,
    target: ['chrome109', 'firefox115', 'safari16'],
    logLevel: 'warning',
    legalComments: 'none',
  };
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(source, 'main.tsx')],
      format: 'esm',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      banner: { js: notices() },
    }),
    build({
      ...common,
      entryPoints: [join(source, 'talk/microphone-worklet.ts'), join(source, 'talk/player-worklet.ts')],
      outbase: join(source, 'talk'),
      format: 'esm',
    }),
    build({ ...common, entryPoints: [join(source, 'page.css')] }),
  ]);
  for (const file of ['index.html', 'icon.svg']) cpSync(join(source, file), join(outdir, file));
}
