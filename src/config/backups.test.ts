import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBackup, keepBackup, listBackups } from './backups.js';

const AT = Date.UTC(2026, 10, 25, 10, 15, 0);

describe('backups of the configuration', () => {
  let folder: string;
  let file: string;
  let backups: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-backups-'));
    file = join(folder, 'config.yaml');
    backups = join(folder, 'backups');
  });
  afterEach(() => rm(folder, { recursive: true }));

  const keep = async (text: string, wallMs: number, count = 10) => {
    await writeFile(file, text, { mode: 0o644 });
    return keepBackup(file, { folder: backups, keep: count, wallMs });
  };

  it('are named by their time and readable only by their owner, even if the folder was open to others', async () => {
    await mkdir(backups, { mode: 0o755 });
    expect(await keep('a: 1\n', AT)).toEqual({
      id: '20261125_101500',
      file: join(backups, 'config.20261125_101500.yaml'),
      bytes: 5,
    });
    expect((await stat(join(backups, 'config.20261125_101500.yaml'))).mode & 0o777).toBe(0o600);
    expect((await stat(backups)).mode & 0o777).toBe(0o700);
  });

  it('are kept up to the newest ten, even if made in the same second; other files in the folder stay', async () => {
    await mkdir(backups);
    await writeFile(join(backups, 'chorus.db'), 'somebody else');
    for (let n = 0; n < 12; n++) await keep(`n: ${n}\n`, AT);
    const kept = await listBackups(backups);
    expect(kept.map(({ id }) => id)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((n) => `20261125_101500_${n}`));
    expect(await readFile(kept[0]?.file ?? '', 'utf8')).toBe('n: 11\n');
    expect((await readdir(backups)).filter((name) => !name.startsWith('config.2'))).toEqual(['chorus.db']);
  });

  it('are not made again if the file has not changed', async () => {
    const first = await keep('a: 1\n', AT);
    await chmod(first?.file ?? '', 0o644);
    expect(await keep('a: 1\n', AT + 1000)).toEqual(first);
    expect((await stat(first?.file ?? '')).mode & 0o777).toBe(0o600);
    expect(await listBackups(backups)).toHaveLength(1);
  });

  it('are made even if the newest existing one cannot be read', async () => {
    await mkdir(join(backups, 'config.20261125_101459.yaml'), { recursive: true });
    expect((await keep('a: 1\n', AT))?.id).toBe('20261125_101500');
  });

  it.skipIf(process.getuid?.() !== 0)('belong to the user who owns the file, even if root makes them', async () => {
    await writeFile(file, 'a: 1\n');
    for (const path of [folder, file]) await chown(path, 12_345, 54_321);
    const made = await keepBackup(file, { folder: backups, keep: 10, wallMs: AT });
    for (const path of [backups, made?.file ?? ''])
      expect(await stat(path)).toMatchObject({ uid: 12_345, gid: 54_321 });
  });

  it('are found by id, by file name, or as the newest one that differs from the present file', async () => {
    await keep('a: 1\n', AT);
    await keep('a: 2\n', AT + 1000);
    for (const name of ['20261125_101500', 'config.20261125_101500.yaml', join(backups, 'config.20261125_101500.yaml')])
      expect((await findBackup(backups, name, ''))?.id).toBe('20261125_101500');
    expect((await findBackup(backups, undefined, 'a: 2\n'))?.id).toBe('20261125_101500');
    expect((await findBackup(backups, undefined, 'a: 3\n'))?.id).toBe('20261125_101501');
    expect(await findBackup(backups, '20250101_000000', undefined)).toBeUndefined();
  });

  it('are not made if there is no file; then their folder is not made either', async () => {
    expect(await keepBackup(file, { folder: backups, keep: 10, wallMs: AT })).toBeUndefined();
    expect(await listBackups(backups)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});
