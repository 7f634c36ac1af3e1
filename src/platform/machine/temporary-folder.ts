import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const USES = ['bench', 'bundle', 'sound'] as const;
const NAME = new RegExp(`^chorus-(?:${USES.join('|')})-[A-Za-z0-9]{6}$`);

/** The caller removes the folder. Upkeep removes it if the caller was killed (src/maintenance/upkeep/leftovers.ts). */
export function makeTemporaryFolder(use: (typeof USES)[number]): Promise<string> {
  return mkdtemp(join(tmpdir(), `chorus-${use}-`));
}

export function isTemporaryFolder(name: string): boolean {
  return NAME.test(name);
}
