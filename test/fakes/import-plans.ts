import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { findOldFiles, planImport, readOldSettings, type ImportPlan } from '../../src/moving-over/index.js';

export const SERVER = fileURLToPath(new URL('../fixtures/python-server', import.meta.url));
export const DUMP = fileURLToPath(new URL('../fixtures/python-manager/manager-api.sql', import.meta.url));

/** The folder of the current test. */
export let folder = '';

/** Makes a folder for each test of the file. Call this once, at the top of the file. */
export function useFolder(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-import-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
}

export async function planOf(path: string): Promise<ImportPlan> {
  return planImport(await readOldSettings(await findOldFiles(path)));
}

export async function planText(text: string, name = '.config.yaml'): Promise<ImportPlan> {
  const file = join(folder, name);
  await writeFile(file, text);
  return planOf(file);
}

export const reason = (plan: ImportPlan, from: string): string | undefined =>
  plan.report.left.find((entry) => entry.from.startsWith(from))?.why.en;
export const task = (plan: ImportPlan, from: string): string | undefined =>
  plan.report.todo.find((entry) => entry.from.startsWith(from))?.what.en;
