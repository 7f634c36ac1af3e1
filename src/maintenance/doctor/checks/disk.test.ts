import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { diskFacts } from './disk.js';

const NOW_MS = Date.UTC(2026, 10, 29);
const TWO_DAYS_S = 2 * 86_400;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-disk-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function oldFile(name: string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'x');
  const changedS = NOW_MS / 1000 - TWO_DAYS_S;
  await utimes(path, changedS, changedS);
  await utimes(dirname(path), changedS, changedS);
}

it('lists unfinished files of Chorus for removal, and no file of a person, whatever its extension', async () => {
  const ours = ['.config.yaml.4711.tmp', 'local-token.0123456789ab', 'backups/chorus-1.db.part'];
  for (const name of [...ours, 'models/.staging/some-model/model.onnx.part']) await oldFile(name);
  for (const name of ['notes.tmp', 'film.part', 'models/mine.partial', 'phrases/draft.tmp', 'backups/notes.tmp'])
    await oldFile(name);
  const { leftovers } = await diskFacts(folder, NOW_MS);
  expect(leftovers.map(({ path }) => path).toSorted()).toEqual(
    [...ours, 'models/.staging/some-model'].map((name) => join(folder, name)).toSorted(),
  );
});
