import { afterAll, beforeAll, expect, it } from 'vitest';
import { doctorFor, removeFolders } from '../../../../test/fakes/doctor-context.js';
import { openAiLikeService } from '../../../../test/fakes/realtime-services.js';
import { ScriptedSocket } from '../../../../test/fakes/scripted-socket.js';
import { ERROR_TABLE } from '../../../core/index.js';
import { realtimeCheck } from './realtime.js';

let service: ScriptedSocket;
beforeAll(async () => {
  service = await ScriptedSocket.start(openAiLikeService({ trouble: () => undefined }, { inputHz: 24_000 }));
});
afterAll(async () => {
  await service.close();
  removeFolders();
});

it('tries only the models that agents may choose', async () => {
  const settings = { 'realtime.openai-realtime.url': service.url, 'realtime.openai-realtime.api_key': 'sk-secret' };
  const none = await realtimeCheck.run(await doctorFor({ settings }));
  expect(none).toMatchObject([{ id: 'realtime.ok', what: { en: 'none is offered' } }]);
  expect(service.peers).toHaveLength(0);
  const offered = { ...settings, 'realtime.services': 'openai-realtime' };
  expect(await realtimeCheck.run(await doctorFor({ settings: offered }))).toMatchObject([
    {
      id: 'realtime.ok',
      what: { en: expect.stringMatching(/^openai-realtime: \d+ ms, takes the key and the model$/) },
    },
  ]);
  service.fault = { refuse: 401 };
  const refused = await realtimeCheck.run(await doctorFor({ settings: offered }));
  expect(refused).toMatchObject([{ id: 'realtime.unusable', severity: 'warning' }]);
  expect(JSON.stringify(refused)).not.toContain('sk-secret');
});

it('titles its issue in its own words, and takes the remedy from the error table', () => {
  expect(realtimeCheck.issues).toMatchObject([
    {
      id: 'realtime.unusable',
      severity: 'warning',
      title: { en: 'A realtime model cannot be used.', zh: '有一个实时语音模型用不了。' },
      remedy: ERROR_TABLE['realtime.rejected'].remedy,
    },
  ]);
});
