import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { INCLUDED } from './known/included.js';
import { locatePackageModel } from './package.js';

const MOONSHINE = INCLUDED.find(({ id }) => id === 'moonshine-tiny-en')!;

describe('a model of an npm package', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'chorus-package-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const located = async (): Promise<Record<string, { readonly own: boolean; readonly right: boolean }>> => {
    const model = await locatePackageModel(MOONSHINE, directory);
    const files = (model?.files ?? []).map(async ({ name, path, sizeBytes, sha256 }) => {
      const bytes = await readFile(path);
      const hash = createHash('sha256').update(bytes).digest('hex');
      const right = bytes.length === sizeBytes && hash === sha256;
      return [name, { own: path.startsWith(directory), right }] as const;
    });
    return Object.fromEntries(await Promise.all(files));
  };

  it('has its decoder and tokens generated once, and its other files in the package', async () => {
    const expected = {
      'encoder_model.onnx': { own: false, right: true },
      'decoder.onnx': { own: true, right: true },
      'tokens.txt': { own: true, right: true },
    };
    expect(await located()).toEqual(expected);
    expect(await located()).toEqual(expected);
  });

  it('uses the published decoder if the faster one cannot be written', async () => {
    await mkdir(join(directory, 'decoder.onnx', 'in the way'), { recursive: true });
    expect(await located()).toEqual({
      'encoder_model.onnx': { own: false, right: true },
      'decoder.onnx': { own: false, right: true },
      'tokens.txt': { own: true, right: true },
    });
  });
});
