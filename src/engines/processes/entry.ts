import { fileURLToPath } from 'node:url';

/**
 * How to start a child process whose entry file stands beside `importer`. From `dist/` that is plain Node; when the
 * sources run directly (tests, development) the child gets the same TypeScript loader.
 */
export function childEntry(
  importer: string,
  name: string,
): { readonly file: string; readonly execArgv: readonly string[] } {
  const fromSource = importer.endsWith('.ts');
  const file = fileURLToPath(new URL(`./${name}${fromSource ? '.ts' : '.js'}`, importer));
  return { file, execArgv: fromSource ? ['--import', 'tsx'] : [] };
}
