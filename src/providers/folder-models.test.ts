import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE, findModel, modelsInFolders } from '../engines/index.js';
import { addFolderModels } from './folder-models.js';
import { ProviderRegistry } from './registry.js';

let folder: string;
const shipped = CATALOGUE.length;
const put = async (name: string, files: Readonly<Record<string, string>>): Promise<void> => {
  await mkdir(join(folder, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(folder, name, file), content);
};
const empty = (...names: string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, '']));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chorus-folders-'));
});
afterAll(async () => {
  // Removes the added models, because other test files of this worker share the catalogue.
  (CATALOGUE as unknown[]).splice(shipped);
  await rm(folder, { recursive: true, force: true });
});

describe('models that the user put into the models folder', () => {
  it('are chosen by their folder name, and come after the models of the catalogue', async () => {
    await put('vits-piper-de_DE-thorsten', empty('de_DE-thorsten.onnx', 'tokens.txt'));
    await put('sherpa-onnx-zipformer-ja', empty('encoder.onnx', 'decoder.onnx', 'joiner.onnx', 'tokens.txt'));
    const registry = new ProviderRegistry([]);
    expect(await addFolderModels(folder, registry)).toBe(true);
    expect(registry.voice('vits-piper-de-de-thorsten')).toMatchObject({ local: true, automatic: false });
    expect(registry.recognizers.map(({ id }) => id)).toEqual(['sherpa-onnx-zipformer-ja']);
    expect(findModel('sherpa-onnx-zipformer-ja')).toMatchObject({ languages: ['ja'], rank: 1, auto: false });
    expect(await addFolderModels(folder, registry)).toBe(false);
  });

  it('may state languages and a speaker; unusable folders are reported with a reason', async () => {
    const root = join(folder, 'more');
    folder = root;
    await put('kokoro-mine', {
      ...empty('model.onnx', 'voices.bin', 'tokens.txt'),
      'about.yaml': 'languages: [en]\nspeaker: 3\n',
    });
    await put('wrong', { ...empty('model.onnx', 'tokens.txt', 'lexicon.txt'), 'about.yaml': 'speaker: many' });
    await put('holiday-photos', empty('beach.jpg'));
    await put('.staging', empty('model.onnx'));
    const { models, unusable } = await modelsInFolders(root, new Set(CATALOGUE.map(({ id }) => id)));
    expect(models).toMatchObject([{ id: 'kokoro-mine', languages: ['en'], spec: { family: 'kokoro', speaker: 3 } }]);
    expect(unusable.map(({ name }) => name)).toEqual(['holiday-photos', 'wrong']);
    expect(unusable[0]?.reason).toContain('no known family');
  });
});
