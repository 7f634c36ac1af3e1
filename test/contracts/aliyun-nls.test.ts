import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { eventually, failureOf } from '../../src/plugin/testing/suite.js';
import { collect } from '../../src/plugin/testing/voice.js';
import { nlsVoiceService } from '../fakes/voice-services.js';
import { ScriptedHttp } from '../fakes/scripted-http.js';
import { ScriptedSocket } from '../fakes/scripted-socket.js';
import { AUDIO, makeVoice, REQUEST } from './tts-services.subject.js';

it('an interrupted device does not fail another that waits for the same token', async () => {
  const speech = await ScriptedSocket.start(nlsVoiceService(() => ({ audio: AUDIO, trouble: undefined, copies: 1 })));
  const waiting: ServerResponse[] = [];
  const tokens = await ScriptedHttp.start((_, response) => void waiting.push(response));
  const { provider } = makeVoice('aliyun-nls', speech.url, {
    appkey: 'app',
    access_key_id: 'id',
    token_url: `${tokens.url}/`,
  });
  const first = new AbortController();
  const reason = new Error('barge-in');
  const interrupted = failureOf(() => provider.synthesize(REQUEST, first.signal));
  const second = provider.synthesize(REQUEST, new AbortController().signal);
  await eventually(() => waiting.length > 0);
  first.abort(reason);
  expect(await interrupted).toBe(reason);
  waiting[0]?.end(JSON.stringify({ Token: { Id: 'token', ExpireTime: 4e9 } }));
  expect((await collect(await second)).byteLength).toBe(AUDIO.length);
  expect(tokens.calls).toHaveLength(1);
  expect(speech.peers[0]?.request.headers['x-nls-token']).toBe('token');
  await speech.close();
  await tokens.close();
});
