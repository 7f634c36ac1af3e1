import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../config/index.js';
import { openLog } from './log.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-open-log-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function written(
  file: string,
  dataDir: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const log = openLog(configSchema.parse({ log: { ...settings, file } }), dataDir);
  log.logger.error('a line');
  await log.close();
  return readFile(resolve(dataDir, file), 'utf8');
}

describe('the log file', () => {
  it.each([1, 2])('may be one of %i files', async (count) => {
    expect(await written('chorus.log', folder, { file_count: count })).toContain('"msg":"a line"');
  });

  it('is in its configured place, in the data folder or elsewhere', async () => {
    const dataDir = join(folder, 'data');
    for (const file of ['logs/chorus.log', join(folder, 'elsewhere', 'chorus.log')])
      expect(await written(file, dataDir)).toContain('"msg":"a line"');
  });
});
