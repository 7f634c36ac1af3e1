import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of a few megabytes that a test may fill. */
export class TinyDisk {
  private constructor(readonly folder: string) {}

  /** Whether this process may mount a file system, either as root or in a user namespace. Leaves nothing behind. */
  static possible(): boolean {
    try {
      TinyDisk.mount(1).unmount();
      return true;
    } catch {
      return false;
    }
  }

  static mount(megabytes: number): TinyDisk {
    const folder = mkdtempSync(join(tmpdir(), 'chorus-disk-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]).status === 0)
      return new TinyDisk(folder);
    rmdirSync(folder);
    throw new Error('this process may not mount a file system');
  }

  /** Uses up all free space. {@link free} releases it. */
  fill(): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(this.#ballast, new Uint8Array(bavail * bsize));
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  /**
   * Unmounts the file system as soon as none of its files is open. A database closes its files at the next garbage
   * collection.
   */
  unmount(): void {
    spawnSync('umount', ['--lazy', this.folder]);
    rmdirSync(this.folder);
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}
