import { randomBytes } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes and removes a probe file. Errors are those of the operating system. */
export async function proveWritable(folder: string): Promise<void> {
  // Upkeep removes leftover files with this name (src/maintenance/upkeep/leftovers.ts).
  const probe = join(folder, `.probe-${randomBytes(6).toString('hex')}`);
  const file = await open(probe, 'wx', 0o600);
  try {
    await file.write('chorus');
  } finally {
    await file.close();
    await unlink(probe);
  }
}
