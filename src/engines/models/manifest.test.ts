import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLock, writeLock } from './manifest.js';

it('keeps the records of all models that are pulled at the same time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-lock-'));
  const records = (sizeBytes: number) => ({ 'weights.bin': { sizeBytes, sha256: '0'.repeat(64) } });
  const ids = ['a', 'b', 'c'];
  await Promise.all(ids.map((id, index) => writeLock(folder, id, records(index))));
  expect(await Promise.all(ids.map((id) => readLock(folder, id)))).toEqual([records(0), records(1), records(2)]);
  await rm(folder, { recursive: true });
});
