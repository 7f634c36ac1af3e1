import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CliContext } from '../context.js';
import { addFirmware } from './firmware.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-firmware-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('distinguishes a file that cannot be read from one that is no image', async () => {
  const add = (file: string) =>
    addFirmware(file, { data: folder, set: [], board: 'x' }, { language: 'en' } as unknown as CliContext);
  const missing = join(folder, 'none.bin');
  await expect(add(missing)).rejects.toMatchObject({ code: 'file.unreadable', message: `${missing} cannot be read` });
  await writeFile(join(folder, 'notes.txt'), 'no image');
  await expect(add(join(folder, 'notes.txt'))).rejects.toMatchObject({ code: 'firmware.invalid' });
});
