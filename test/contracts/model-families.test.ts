import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AsrModel,
  type CatalogueModel,
  createSherpaEngine,
  findModel,
  type InstalledModel,
  modelsInFolders,
  type TtsModel,
} from '../../src/engines/index.js';
import { sherpaAsr } from '../../src/providers/asr/sherpa/sherpa-asr.js';
import { sherpaTts } from '../../src/providers/tts/sherpa/sherpa-tts.js';
import { hasEspeakData, writeEspeakData } from '../fakes/espeak-data.js';
import { describeWith } from '../fakes/required.js';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import {
  tinyKokoro,
  tinyMatcha,
  tinyOnlineParaformer,
  tinyOnlineTransducer,
  tinyParaformer,
  tinyPiper,
  tinySenseVoiceFiles,
  tinyTransducer,
  tinyVitsFiles,
  tinyZipformerCtc,
  type TinyFiles,
} from '../fakes/tiny-families.js';
import { clip } from '../fixtures/speech.js';

// The real weights of most model families are not available in tests. These generated weights have the same inputs and
// metadata, so they show whether the library accepts what the catalogue or a folder says about a family.

const never = new AbortController().signal;
const WORDS = ['你', '好', '小', '智'];

let room: EngineRoom;
beforeAll(async () => {
  room = await engineRoom();
});
afterAll(() => room.close());

/** Installs `files` with the catalogue's own entry, without the parts of its spec that need files left out here. */
function byCatalogue(id: string, files: TinyFiles, folders: boolean): Promise<InstalledModel> {
  const model = findModel(id) as AsrModel | TtsModel;
  const kept = new Set(Object.keys(files));
  const spec = Object.fromEntries(
    Object.entries(model.spec).filter(([key]) => key !== 'ruleFsts' && (key !== 'lexicon' || kept.has('lexicon.txt'))),
  );
  const given = {
    ...model,
    files: Object.keys(files).map((name) => ({ name })),
    folders: folders ? ['espeak-ng-data'] : [],
    downloadBytes: 1,
    spec,
  } as unknown as CatalogueModel;
  if (folders) writeEspeakData(join(room.directory, 'source', id));
  return room.install(given, files);
}

/** Installs the files as a folder. Only the folder's name says what the model is. */
async function byFolder(name: string, files: TinyFiles, folders: boolean): Promise<InstalledModel> {
  const root = join(room.directory, `by-folder-${name}`);
  mkdirSync(join(root, 'models', name), { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(root, 'models', name, file), content);
  if (folders) writeEspeakData(join(root, 'models', name));
  const { models, unusable } = await modelsInFolders(join(root, 'models'), new Set());
  expect(unusable).toEqual([]);
  const store = await room.store({ directory: join(root, 'models'), catalogue: models });
  return store.installed(models[0]!.id)!;
}

async function heard(installed: InstalledModel): Promise<string> {
  const engine = createSherpaEngine({ installed, slots: 1, ...room.base, scope: room.scope.child('one') });
  await engine.start();
  const asr = sherpaAsr({ model: installed.model as AsrModel, engine });
  return (await asr.transcribe({ pcm: clip('austen-0930'), language: 'zh' }, never)).text;
}

async function spoken(installed: InstalledModel, text: string): Promise<number> {
  const models = { installed: () => installed };
  const scope = room.scope.child('one');
  const voice = sherpaTts({ model: installed.model as TtsModel, models, slots: 1, ...room.base, scope });
  const audio = await voice.synthesize({ text, language: 'zh' }, never);
  let bytes = 0;
  for await (const chunk of audio.chunks) bytes += chunk.length;
  return bytes;
}

describe('recognition by model family', () => {
  it.each([
    ['SenseVoice', 'sense-voice-int8', 'sherpa-onnx-sense-voice-zh-en', tinySenseVoiceFiles(WORDS)],
    ['Paraformer', 'paraformer-zh-int8', 'sherpa-onnx-paraformer-zh-2023-09-14', tinyParaformer(WORDS)],
    ['Zipformer CTC', 'zipformer-zh-small-int8', 'sherpa-onnx-zipformer-ctc-small-zh', tinyZipformerCtc(WORDS)],
    ['live Zipformer', 'zipformer-live-zh-int8', 'sherpa-onnx-streaming-zipformer-zh', tinyOnlineTransducer(WORDS)],
    [
      'live Paraformer',
      'paraformer-live-zh-en-int8',
      'sherpa-onnx-streaming-paraformer-zh',
      tinyOnlineParaformer(WORDS),
    ],
  ])('%s: with the catalogue (%s) and from a folder', async (_, id, folder, files) => {
    const text = WORDS.join('');
    expect(await heard(await byCatalogue(id, files, false))).toBe(text);
    expect(await heard(await byFolder(folder, files, false))).toBe(text);
  });

  it('Zipformer with a transducer, which the catalogue does not have: by a folder', async () => {
    expect(await heard(await byFolder('sherpa-onnx-zipformer-zh', tinyTransducer(WORDS), false))).toBe(WORDS.join(''));
  });
});

describe('speech synthesis by model family', () => {
  it.each([
    ['VITS', 'melo-zh-en', 'vits-melo-tts-zh_en', tinyVitsFiles()],
    ['Matcha', 'matcha-zh', 'matcha-icefall-zh-baker', tinyMatcha()],
  ] as const)('%s: with the catalogue (%s) and from a folder', async (_, id, folder, files) => {
    expect(await spoken(await byCatalogue(id, files, false), '你好')).toBeGreaterThan(100);
    expect(await spoken(await byFolder(folder, files, false), '你好')).toBeGreaterThan(100);
  });
});

describeWith(hasEspeakData ? undefined : 'no data of espeak-ng', 'voices of families that need espeak-ng', () => {
  it.each([
    ['Kokoro', 'kokoro-zh-en', 'kokoro-multi-lang-v1_1', tinyKokoro()],
    ['Piper', 'piper-huayan-zh', 'vits-piper-zh_CN-huayan-medium', tinyPiper()],
  ] as const)('%s: with the catalogue (%s) and from a folder', async (_, id, folder, files) => {
    expect(await spoken(await byCatalogue(id, files, true), 'hello')).toBeGreaterThan(100);
    expect(await spoken(await byFolder(folder, files, true), 'hello')).toBeGreaterThan(100);
  });
});
