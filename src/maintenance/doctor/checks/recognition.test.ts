import { afterAll, beforeAll, expect, it } from 'vitest';
import { doctorFor, removeFolders } from '../../../../test/fakes/doctor-context.js';
import { infoOf, WyomingService } from '../../../../test/fakes/wyoming-service.js';
import { recognitionCheck } from './recognition.js';
import { voiceCheck } from './voice.js';

let service: WyomingService;
beforeAll(async () => {
  service = await WyomingService.start((peer) => peer.send('info', infoOf()));
});
afterAll(async () => {
  await service.close();
  removeFolders();
});

it('lists what the recognition and voice services offer', async () => {
  const settings = {
    'asr.model': 'wyoming',
    'asr.wyoming.url': service.url,
    'tts.provider': 'wyoming',
    'tts.wyoming.url': service.url,
  };
  const context = await doctorFor({ settings });
  expect(await recognitionCheck.run(context)).toMatchObject([
    { id: 'recognition.ok', what: { zh: expect.stringMatching(/^wyoming: \d+ ms，whisper（en、zh）$/) } },
  ]);
  expect(await voiceCheck.run(context)).toMatchObject([
    { id: 'voice.ok', what: { en: expect.stringMatching(/^wyoming: \d+ ms, amy, huayan \(en, zh\)$/) } },
  ]);
});

it('reports an unreachable service, with a lower severity if it is only a fallback', async () => {
  const settings = { 'asr.wyoming.url': 'tcp://127.0.0.1:1' };
  const chosen = await recognitionCheck.run(await doctorFor({ settings: { ...settings, 'asr.model': 'wyoming' } }));
  expect(chosen).toMatchObject([{ id: 'recognition.unreachable', severity: 'fault' }]);
  const fallback = {
    ...settings,
    'asr.model': 'deepgram',
    'asr.deepgram.url': 'ws://127.0.0.1:1',
    'asr.fallback': '["wyoming"]',
  };
  expect(await recognitionCheck.run(await doctorFor({ settings: fallback }))).toMatchObject([
    { severity: 'fault', what: { en: expect.stringContaining('deepgram') } },
    { severity: 'warning', what: { en: expect.stringContaining('wyoming') } },
  ]);
  expect(await recognitionCheck.run(await doctorFor({ settings: {} }))).toMatchObject([{ id: 'recognition.ok' }]);
});
