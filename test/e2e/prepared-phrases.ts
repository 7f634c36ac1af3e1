import { copyFile, cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/**
 * Names a folder with the phrases that the servers of this test run have synthesised, one file each. Without them, each
 * new server would need five to eight seconds of a core, and every other test on the machine would have to wait.
 */
const PREPARED = 'CHORUS_TEST_PHRASES';
const prepared = (): string => {
  const folder = process.env[PREPARED];
  if (folder === undefined) throw new Error(`${PREPARED} is not set: vitest.config.ts names this file as a set-up`);
  return folder;
};

/** vitest calls this before the tests. Its worker processes inherit the variable. */
export async function setup(project: TestProject): Promise<void> {
  if (!project.isRootProject()) return;
  process.env[PREPARED] = await mkdtemp(join(tmpdir(), 'chorus-test-phrases-'));
}

/** vitest calls this after the tests. */
export async function teardown(): Promise<void> {
  await rm(prepared(), { recursive: true, force: true });
}

/** Makes a data folder that contains the phrases of earlier tests. */
export async function newDataFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  const complete = (path: string): boolean => !path.endsWith('.copying');
  await cp(prepared(), join(folder, 'phrases'), { recursive: true, filter: complete });
  return folder;
}

/** Saves the phrases that the server of this data folder has synthesised, for later tests. */
export async function keepPhrases(dataDir: string): Promise<void> {
  const made = await readdir(join(dataDir, 'phrases')).catch(() => []);
  const kept = new Set(await readdir(prepared()));
  for (const name of made) {
    if (!name.endsWith('.opus-phrase') || kept.has(name)) continue;
    // A file gets its name only when it is complete, because other tests run at the same time.
    const copying = join(prepared(), `${name}-${process.pid}.copying`);
    await copyFile(join(dataDir, 'phrases', name), copying);
    await rename(copying, join(prepared(), name));
  }
}
