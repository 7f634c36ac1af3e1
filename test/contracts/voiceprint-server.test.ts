import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/audio/index.js';
import { LocalVoiceprints, servedVoiceprints, VoiceprintApi } from '../../src/conversation/people/index.js';
import { ChorusError, systemClock } from '../../src/core/index.js';
import { KeptConnections } from '../../src/platform/outbound/index.js';
import type { Store } from '../../src/platform/store/index.js';
import { startServer, type Harness } from '../scenarios/conformance/harness.js';

// Connects Chorus's client for the voiceprint-api with Chorus's server for it, over a real connection.

const never = new AbortController().signal;
const tone = (hz: number): Int16Array =>
  Int16Array.from({ length: 24_000 }, (_, at) => Math.round(8_000 * Math.sin((at * 2 * Math.PI * hz) / 16_000)));
const ANNA = tone(200);
const BEN = tone(3000);

/**
 * Makes a vector from the loudness of the sound and of the steps between its samples. Low and high tones therefore get
 * different directions.
 */
function embed(pcm: Int16Array): Promise<Float32Array> {
  if (broken) return Promise.reject(new ChorusError('model.missing', 'the model is not installed yet'));
  const level = Math.hypot(...pcm.subarray(0, 4000));
  const difference = Math.hypot(...pcm.subarray(1, 4001).map((value, at) => value - (pcm[at] ?? 0)));
  return Promise.resolve(Float32Array.of(level, difference));
}
let broken = false;

describe('the voiceprint-api of this server', () => {
  let harness: Harness;
  let store: Store;
  let http: KeptConnections;
  let key: string | undefined;
  beforeEach(async () => {
    broken = false;
    key = 'k 1';
    http = new KeptConnections({ clock: systemClock });
    const service = (): LocalVoiceprints =>
      new LocalVoiceprints({ store: store.voiceprints, model: 'm', threshold: 0.9, embed });
    harness = await startServer({
      voiceprints: servedVoiceprints({
        key: () => key,
        service,
        get store() {
          return store.voiceprints;
        },
      }),
    });
    store = harness.store as Store;
  });
  afterEach(async () => {
    http.close();
    await harness.close();
  });
  const client = (shown = 'k 1'): VoiceprintApi =>
    new VoiceprintApi({
      url: `http://127.0.0.1:${harness.port}/voiceprint/health?key=${encodeURIComponent(shown)}`,
      apiKey: undefined,
      threshold: 0.9,
      fetch: http.fetch,
      clock: systemClock,
    });
  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://127.0.0.1:${harness.port}/voiceprint${path}`, init);
  const headers = { authorization: 'Bearer k 1' };
  function form(fields: Readonly<Record<string, string>>, file: Uint8Array, name = 'a.wav'): RequestInit {
    const body = new FormData();
    for (const [field, value] of Object.entries(fields)) body.set(field, value);
    body.set('file', new Blob([new Uint8Array(file)]), name);
    return { method: 'POST', headers, body };
  }
  const wav = (pcm: Int16Array): Uint8Array => writeWav({ rateHz: 16_000, pcm });

  it('registers, identifies and forgets for our client', async () => {
    const api = client();
    await api.register('anna', ANNA, never);
    await api.register('ben', BEN, never);
    expect(await api.identify(['anna', 'ben'], tone(210), never)).toBe('anna');
    expect(await api.identify(['anna', 'ben'], tone(2900), never)).toBe('ben');
    expect(await api.identify(['ben'], tone(210), never)).toBeUndefined();
    expect(await (await ask('/health?key=k%201')).json()).toEqual({ total_voiceprints: 2, status: 'healthy' });
    await api.remove('anna', never);
    // Removing a voice that does not exist is not an error.
    await api.remove('anna', never);
    expect(await api.identify(['anna', 'ben'], ANNA, never)).toBeUndefined();
    expect(await store.voiceprints.count('')).toBe(1);
  });

  it('answers in the shapes of the original', async () => {
    const registered = await ask('/register', form({ speaker_id: 'anna' }, wav(ANNA)));
    expect([registered.status, await registered.json()]).toEqual([200, { success: true, msg: '已登记: anna' }]);
    const found = await ask('/identify', form({ speaker_ids: 'ben,anna' }, wav(ANNA)));
    expect(await found.json()).toEqual({ speaker_id: 'anna', score: expect.closeTo(1, 3) as number });
    const nobody = await ask('/identify', form({ speaker_ids: 'ben' }, wav(ANNA)));
    expect(await nobody.json()).toEqual({ speaker_id: '', score: 0 });
    const gone = await ask('/anna', { method: 'DELETE', headers });
    expect([gone.status, await gone.json()]).toEqual([200, { success: true, msg: '已删除: anna' }]);
    expect((await ask('/anna', { method: 'DELETE', headers })).status).toBe(404);
  });

  it('refuses requests without the key, and is off if no key is configured', async () => {
    await expect(client('wrong').identify(['anna'], ANNA, never)).rejects.toThrow('refuses the key');
    expect((await ask('/health')).status).toBe(401);
    for (const path of ['/register', '/identify']) {
      const { body } = form({ speaker_id: 'anna', speaker_ids: 'anna' }, wav(ANNA));
      expect((await ask(path, { method: 'POST', body: body ?? null })).status).toBe(401);
    }
    expect(await store.voiceprints.count('')).toBe(0);
    expect((await ask('/health?key=wrong')).status).toBe(401);
    // Except for `health`, the key is not accepted in the address.
    expect((await ask('/anna?key=k%201', { method: 'DELETE' })).status).toBe(401);
    key = undefined;
    expect((await ask('/health?key=')).status).toBe(404);
  });

  it('has no access to the people of this server', async () => {
    await store.voiceprints.keep({ id: 'chorus-1', model: 'm', vector: 'AACAPwAAAAA=' });
    expect((await ask('/chorus-1', { method: 'DELETE', headers })).status).toBe(404);
    const found = await ask('/identify', form({ speaker_ids: 'chorus-1' }, wav(ANNA)));
    expect(await found.json()).toEqual({ speaker_id: '', score: 0 });
  });

  it('refuses unusable requests with a message', async () => {
    const statusAndWords = async (init: RequestInit, path = '/register'): Promise<string> => {
      const answer = await ask(path, init);
      return `${answer.status} ${((await answer.json()) as { readonly detail: string }).detail}`;
    };
    const fields = { speaker_id: 'anna' };
    expect(await statusAndWords(form(fields, wav(ANNA), 'a.mp3'))).toMatch(/^400 .*\.wav/);
    expect(await statusAndWords(form(fields, wav(new Int16Array(10))))).toMatch(/^400 .*too short/);
    expect(await statusAndWords(form(fields, new Uint8Array(5000)))).toMatch(/^400 /);
    expect(await statusAndWords(form({ speaker_id: 'a,b' }, wav(ANNA)))).toMatch(/^400 .*comma/);
    expect(await statusAndWords(form({}, wav(ANNA)), '/identify')).toMatch(/^400 .*speaker_ids/);
    expect(await statusAndWords({ method: 'POST', headers, body: 'x' })).toMatch(/^400 .*form/);
    expect(await statusAndWords(form(fields, new Uint8Array(7 * 2 ** 20)))).toMatch(/^400 .*too large/);
    broken = true;
    expect(await statusAndWords(form(fields, wav(ANNA)))).toMatch(/^503 .*not installed/);
  });
});
