import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVoiceModels, LocalVoiceprints } from '../../src/conversation/people/index.js';
import { findModel, type InstalledModel, SPEAKER_MODELS } from '../../src/engines/index.js';
import { openStore, type Store } from '../../src/platform/store/index.js';
import { engineRoom, type EngineRoom } from '../fakes/engine-room.js';
import { tinySpeaker } from '../fakes/tiny-families.js';
import { clip } from '../fixtures/speech.js';

// The real weights of these models are not available in tests. These generated weights have the same inputs and
// metadata, so they show whether the library accepts what the catalogue says about the models, and returns a vector.

const never = new AbortController().signal;
const ID = 'campplus-zh';

let room: EngineRoom;
let store: Store;
beforeAll(async () => {
  room = await engineRoom();
  store = await openStore({ dataDir: room.directory });
});
afterAll(async () => {
  await store.close();
  await room.close();
});

/** Installs the catalogue's model; only size and hash are changed. */
function installed(): Promise<InstalledModel> {
  const model = findModel(ID);
  if (model?.kind !== 'speaker') throw new Error(`no model of voices ${ID}`);
  const { name } = model.files[0]!;
  return room.install({ ...model, files: [{ name }], downloadBytes: 1 }, tinySpeaker(name));
}

/** A hum, which resembles no voice. */
function hum(): Int16Array {
  return Int16Array.from({ length: 32_000 }, (_, at) =>
    Math.round(9_000 * Math.sin((at * 2 * Math.PI * 3_000) / 16_000)),
  );
}

it('recognises a voice again by a model in its own process, and forgets it', async () => {
  expect(SPEAKER_MODELS).toContain(ID);
  const ensured: string[] = [];
  let there: InstalledModel | undefined;
  const embedBy = createVoiceModels(
    { live: { current: { models: { auto_pull: true } } }, root: room.scope, common: room.base } as never,
    {
      models: { installed: () => there, ensure: (id) => ensured.push(id) },
      slots: {
        run: (_: unknown, signal: AbortSignal, work: (s: AbortSignal) => Promise<unknown>) => work(signal),
      } as never,
      threads: 1,
    },
  );
  const voices = new LocalVoiceprints({ store: store.voiceprints, model: ID, threshold: 0.8, embed: embedBy(ID) });
  await expect(voices.register('jane', clip('austen-0920'), never)).rejects.toMatchObject({ code: 'model.missing' });
  expect(ensured).toEqual([ID]);

  there = await installed();
  await voices.register('jane', clip('austen-0920'), never);
  await voices.register('hum', hum(), never);
  expect(await store.voiceprints.count('')).toBe(2);
  // This is the same reader with another sentence.
  expect(await voices.identify(['jane', 'hum'], clip('austen-0930'), never)).toBe('jane');
  expect(await voices.identify(['jane', 'hum'], hum(), never)).toBe('hum');
  expect(await voices.identify(['jane'], hum(), never)).toBeUndefined();
  // If there is too little sound, the process reports this and keeps running.
  await expect(voices.identify(['jane'], new Int16Array(10), never)).rejects.toThrow('too little sound');
  await voices.remove('jane');
  expect(await voices.identify(['jane', 'hum'], clip('austen-0930'), never)).toBeUndefined();
  expect(await store.voiceprints.voiceprints(['jane'])).toEqual([]);
}, 60_000);
