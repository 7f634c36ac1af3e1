import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const NOBODY = 65_534;

/** Runs the work as an ordinary user who owns the folder, because permissions do not restrict root. */
export async function asOrdinaryUser<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { getuid, setegid, seteuid } = process;
  if (getuid?.() !== 0 || !setegid || !seteuid) return work();
  for (const path of ['.', ...readdirSync(folder, { recursive: true }).map(String)])
    chownSync(join(folder, path), NOBODY, NOBODY);
  setegid.call(process, NOBODY);
  seteuid.call(process, NOBODY);
  try {
    return await work();
  } finally {
    seteuid.call(process, 0);
    setegid.call(process, 0);
  }
}
