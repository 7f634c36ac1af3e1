import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveNewName } from './new-name.js';

const without = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

let folder = '';
let from = '';
let to = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-name-'));
  from = join(folder, 'temporary');
  to = join(folder, 'name');
  await writeFile(from, 'complete');
});
afterEach(() => rm(folder, { recursive: true }));

describe.each([
  ['with hard links', undefined],
  ['on FAT', without('EPERM')],
  ['on a network share', without('ENOTSUP')],
])('a file %s', (_where, linkFile) => {
  it('gets a free name, and never that of another file', async () => {
    expect(await giveNewName(from, to, linkFile)).toBe(true);
    expect(await readFile(to, 'utf8')).toBe('complete');
    // A hard link shares its content with the first name.
    await rm(from, { force: true });
    await writeFile(from, 'other');
    expect(await giveNewName(from, to, linkFile)).toBe(false);
    expect(await readFile(to, 'utf8')).toBe('complete');
  });

  it('leaves nothing behind under a name that it cannot get', async () => {
    await rm(from);
    await expect(giveNewName(from, to, linkFile)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual([]);
  });
});

it('reports other failures', async () => {
  await expect(giveNewName(from, to, without('EIO'))).rejects.toMatchObject({ code: 'EIO' });
  expect(await readdir(folder)).toEqual(['temporary']);
});
