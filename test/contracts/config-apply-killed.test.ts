import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { applyConfig, listBackups } from '../../src/config/index.js';
import { oneFileProgram } from '../fakes/one-file-program.js';

const WHOLE = /^# x{200000}\nmax_concurrent_sessions: [12]\n$/;
const KILLS = 30;

it(`after ${KILLS} kills during apply, the file and its copies are complete, old or new`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-killed-'));
  const file = join(folder, 'config.yaml');
  const applier = await oneFileProgram(new URL('../fakes/config-applier.ts', import.meta.url));
  let leftovers = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [applier.path, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const dead = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
    let begun = 0;
    // Every second time, the process is killed while it writes a file; the other times, at any step of applying.
    const inWriting = kill % 2 === 1;
    const watcher = watch(folder, (_event, name) => {
      if (inWriting && begun > 2 && name?.endsWith('.tmp')) child.kill('SIGKILL');
    });
    child.stdout.on('data', (data: Buffer) => {
      begun += data.length;
      if (!inWriting && begun > 2 + (kill % 5)) setTimeout(() => child.kill('SIGKILL'), kill % 7);
    });
    expect(await dead).toBe('SIGKILL');
    watcher.close();
    expect(await readFile(file, 'utf8')).toMatch(WHOLE);
    const copies = await listBackups(join(folder, 'backups'));
    // There was no file before the first apply, so the first copy is empty.
    const texts = await Promise.all(copies.map((copy) => readFile(copy.file, 'utf8')));
    for (const text of texts.filter((text) => text !== '')) expect(text).toMatch(WHOLE);
    expect(texts.filter((text) => text === '').length).toBeLessThanOrEqual(1);
    leftovers += (await readdir(folder)).filter((name) => name.endsWith('.tmp')).length;
  }
  // Some kills left half-written files, which the next process removes.
  expect(leftovers).toBeGreaterThan(0);
  await applyConfig({
    text: 'a',
    file,
    backups: { folder: join(folder, 'backups'), keep: 3, wallMs: Date.now() },
    server: undefined,
    verify: false,
  });
  expect((await readdir(folder)).toSorted()).toEqual(['backups', 'config.yaml']);
  expect((await readdir(join(folder, 'backups'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await Promise.all([applier.remove(), rm(folder, { recursive: true })]);
}, 120_000);
