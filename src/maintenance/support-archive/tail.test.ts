import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { tailOf } from './tail.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-tail-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('returns only whole lines, and none that begins before the limit', async () => {
  const path = join(folder, 'log');
  expect(await tailOf(path, 100)).toBe('');
  await writeFile(path, 'first line\nsecond line\nthird line\nfour');
  expect(await tailOf(path, 1000)).toBe('first line\nsecond line\nthird line\n');
  expect(await tailOf(path, 20)).toBe('third line\n');
  await writeFile(path, 'unfinished');
  expect(await tailOf(path, 1000)).toBe('');
});
