import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pid } from 'node:process';
import { z } from 'zod';
import { UPKEEP_TASKS, type TaskRecord } from './upkeep-port.js';

const FILE = 'upkeep.json';

const fileSchema = z.object({
  version: z.literal(1),
  tasks: z.array(
    z.object({
      name: z.enum(UPKEEP_TASKS),
      startedAtMs: z.number(),
      tookMs: z.number(),
      outcome: z.enum(['done', 'attention', 'skipped', 'failed']),
      code: z.string().optional(),
      said: z.object({ en: z.string(), zh: z.string() }),
    }),
  ),
});

/** The records have the order of the tasks. An unreadable file gives an empty list, as if no task had run. */
export async function readRecords(dataDir: string): Promise<readonly TaskRecord[]> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(join(dataDir, FILE), 'utf8'))).tasks;
  } catch {
    return [];
  }
}

/** Writes the file atomically. Rejects with the errors of the file system. */
export async function writeRecords(dataDir: string, records: readonly TaskRecord[]): Promise<void> {
  const tasks = UPKEEP_TASKS.flatMap((name) => records.find((record) => record.name === name) ?? []);
  const temporary = join(dataDir, `.${FILE}.${pid}.tmp`);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ version: 1, tasks }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(dataDir, FILE));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
