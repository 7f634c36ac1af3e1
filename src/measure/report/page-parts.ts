import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface PageParts {
  readonly style: string;
  readonly scripts: readonly string[];
}

let kept: PageParts | undefined;

/** The licence of uPlot (MIT) goes with each copy. Our own style and script are in `assets/report`. */
export function pageParts(): PageParts {
  kept ??= readParts();
  return kept;
}

function readParts(): PageParts {
  const { resolve } = createRequire(import.meta.url);
  const own = (name: string): string => read(new URL(`../../../assets/report/${name}`, import.meta.url));
  const parts = {
    style: `${read(resolve('uplot/dist/uPlot.min.css'))}\n${own('report.css')}`,
    scripts: [
      `/*\n${read(resolve('uplot/LICENSE'))}\n*/\n${read(resolve('uplot/dist/uPlot.iife.min.js'))}`,
      own('report.js'),
    ],
  };
  for (const script of parts.scripts)
    if (/<\/script|<!--/i.test(script)) throw new Error('a script would end its own element');
  return parts;
}

function read(path: string | URL): string {
  return readFileSync(path, 'utf8').trim();
}

/** Only these scripts run, and nothing can be fetched, even if a text became markup. */
export function contentPolicy(scripts: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return (
    `default-src 'none'; script-src ${hashes.join(' ')}; style-src ` +
    `'unsafe-inline'; base-uri 'none'; form-action 'none'`
  );
}
