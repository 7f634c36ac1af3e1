import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asOrdinaryUser } from '../../../test/fakes/ordinary-user.js';
import { type Logger, silentLogger } from '../../core/index.js';
import { removeRewrittenFiles } from './rewritten-files.js';

let models: string;
const logged: unknown[] = [];
const log = {
  ...silentLogger,
  info: (message: string, fields: object) => logged.push({ message, ...fields }),
  warn: (message: string, fields: object) => logged.push({ message, ...fields }),
} as Logger;
beforeEach(async () => {
  models = await mkdtemp(join(tmpdir(), 'chorus-rewritten-'));
  logged.length = 0;
});
afterEach(() => rm(models, { recursive: true, force: true }));

/** Makes a model's folder with the manifest of older versions, which added an int8 copy of the model. */
async function modelWith(id: string, file: unknown, names: readonly string[]): Promise<string> {
  const folder = join(models, id);
  await mkdir(folder, { recursive: true });
  for (const name of names) await writeFile(join(folder, name), 'x'.repeat(10));
  const variant = { type: 'int8', replaces: 'model.int8.onnx', file, sizeBytes: 10, sha256: 'a', verifiedOn: 'a CPU' };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ id, from: 'x', files: {}, variant }));
  return folder;
}

it('removes the int8 copy of a model from disk and manifest, and logs it once', async () => {
  const folder = await modelWith('m', 'model.int8.vnni.onnx', ['model.int8.onnx', 'model.int8.vnni.onnx']);
  await removeRewrittenFiles(models, log);
  expect(await readdir(folder)).toEqual(['manifest.json', 'model.int8.onnx']);
  expect(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))).toEqual({ id: 'm', from: 'x', files: {} });
  expect(logged).toEqual([expect.objectContaining({ model: 'm', file: 'model.int8.vnni.onnx' })]);
  await removeRewrittenFiles(models, log);
  expect(logged).toHaveLength(1);
});

it('removes only a copy that the manifest names, in its own folder, with the name of a copy', async () => {
  await modelWith('a', '../b/mine.vnni.onnx', ['other.vnni.onnx']);
  await modelWith('b', 'model.onnx', ['model.onnx', 'mine.vnni.onnx']);
  await modelWith('c', 7, ['x.vnni.onnx']);
  await mkdir(join(models, 'd'));
  await writeFile(join(models, 'd', 'manifest.json'), 'null');
  await writeFile(join(models, 'a.lock.json'), '{}');
  await removeRewrittenFiles(models, log);
  expect(await readdir(models, { recursive: true })).toEqual(
    expect.arrayContaining(['a/other.vnni.onnx', 'b/model.onnx', 'b/mine.vnni.onnx', 'c/x.vnni.onnx']),
  );
  expect(logged).toEqual([]);
  await removeRewrittenFiles(join(models, 'nowhere'), log);
});

it('does not fail the start if a folder is not writable', async () => {
  const folder = await modelWith('m', 'model.vnni.onnx', ['model.vnni.onnx']);
  await chmod(folder, 0o500);
  await asOrdinaryUser(models, () => removeRewrittenFiles(models, log));
  await chmod(folder, 0o700);
  expect(logged).toEqual([expect.objectContaining({ model: 'm', reason: expect.any(String) as string })]);
});
