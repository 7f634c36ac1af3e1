import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/index.js';
import { KeptConnections } from '../../src/platform/outbound/index.js';
import { floatToInt16, int16ToBytes, Mp3Decoder, writeWav } from '../../src/audio/index.js';
import type { TtsProvider } from '../../src/providers/index.js';
import { openAiTts, type OpenAiTtsOptions } from '../../src/providers/tts/openai/openai.js';
import { SPEECH_MP3, SPEECH_TEXT } from '../fakes/edge-server.js';
import { gateFor } from '../fakes/service-gate.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { FakeSpeechServer, type SpeechScript } from '../fakes/openai-speech-server.js';
import { codeOf, eventually, failureOf } from '../../src/plugin/testing/suite.js';
import { collect, OVERLONG_BYTES, ttsContract } from '../../src/plugin/testing/voice.js';

const REQUEST = { text: SPEECH_TEXT, language: 'en-US' };
const never = (): AbortSignal => new AbortController().signal;
const decoder = await Mp3Decoder.create();
const pcm = floatToInt16(decoder.push(SPEECH_MP3));
decoder.close();

const AUDIO = {
  pcm: { kind: 'audio', audio: int16ToBytes(pcm), type: 'audio/pcm' },
  mp3: { kind: 'audio', audio: SPEECH_MP3, type: 'audio/mpeg' },
  wav: { kind: 'audio', audio: writeWav({ rateHz: 24_000, pcm }), type: 'audio/wav' },
} as const satisfies Record<string, SpeechScript>;

let server: FakeSpeechServer;
beforeEach(async () => {
  server = await FakeSpeechServer.start();
  server.script(AUDIO.pcm);
});
afterEach(() => server.close());

const gate = (concurrent: number): ServiceGate => gateFor({ concurrent, keys: 'sk-secret' });

function openai(options: Partial<OpenAiTtsOptions> = {}): TtsProvider {
  return openAiTts({
    clock: systemClock,
    baseUrl: server.baseUrl,
    model: 'tts-x',
    voice: 'alloy',
    gate: gate(4),
    ...options,
  });
}

describe.each(['pcm', 'mp3', 'wav'] as const)('OpenAI-compatible speech, %s', (format) => {
  ttsContract(it, () => {
    server.script(AUDIO[format]);
    return {
      provider: openai({ format }),
      request: REQUEST,
      open: () => server.open,
      endless: () => {
        server.script({ ...AUDIO[format], end: 'hang' });
        return REQUEST;
      },
      overlong: () => {
        server.script(
          { ...AUDIO[format], copies: Math.ceil(OVERLONG_BYTES / AUDIO[format].audio.byteLength), end: 'hang' },
          AUDIO[format],
        );
        return REQUEST;
      },
    };
  });

  it('returns exactly the sent audio', async () => {
    server.script(AUDIO[format]);
    expect(await collect(await openai({ format }).synthesize(REQUEST, never()))).toEqual(
      new Uint8Array(AUDIO[format].audio),
    );
    expect((await server.request(0)).body['response_format']).toBe(format);
  });
});

describe('the request to the speech service', () => {
  it('sends key, model, voice and text', async () => {
    await collect(
      await openai({ voice: 'mandarin', baseUrl: `${server.baseUrl}/` }).synthesize(
        { text: '你好 "<&', language: 'zh-CN' },
        never(),
      ),
    );
    const { path, authorization, body } = await server.request(0);
    expect(path).toBe('/v1/audio/speech');
    expect(authorization).toBe('Bearer sk-secret');
    expect(body).toEqual({ model: 'tts-x', voice: 'mandarin', input: '你好 "<&', response_format: 'pcm' });
  });

  it('sends no key if there is none, and the speed only if it is not 1', async () => {
    const provider = openAiTts({
      clock: systemClock,
      gate: gateFor(),
      baseUrl: server.baseUrl,
      model: 'm',
      voice: 'v',
      rate: 1.5,
    });
    await collect(await provider.synthesize({ ...REQUEST, voice: 'w' }, never()));
    const { authorization, body } = await server.request(0);
    expect(authorization).toBeUndefined();
    expect(body).toMatchObject({ speed: 1.5, voice: 'w' });
  });

  it('uses one connection for several turns, opened when a sentence is expected', async () => {
    const http = new KeptConnections({ clock: systemClock });
    const provider = openai({ http });
    provider.expect?.(never());
    await eventually(() => server.connections === 1);
    for (let turn = 0; turn < 3; turn++) await collect(await provider.synthesize(REQUEST, never()));
    expect([server.requests.length, server.connections]).toEqual([3, 1]);
    http.close();
  });

  it('sends no more simultaneous requests than its limit', async () => {
    const provider = openai({ gate: gate(2) });
    await Promise.all(Array.from({ length: 7 }, async () => collect(await provider.synthesize(REQUEST, never()))));
    expect(server.maxOpen).toBeLessThanOrEqual(2);
    expect(server.requests).toHaveLength(7);
  });

  it('stops reading when nobody takes the audio', async () => {
    server.script({ ...AUDIO.pcm, copies: 100 });
    const audio = await openai().synthesize(REQUEST, never());
    const request = await server.request(0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(request.unsentBytes).toBeGreaterThan(0);
    expect((await collect(audio)).byteLength).toBe(100 * AUDIO.pcm.audio.byteLength);
  });
});

describe('failures of the speech service', () => {
  const body = JSON.stringify({ error: { message: 'Incorrect API key provided: sk-secret. Look it up.' } });
  it.each([
    [{ kind: 'status', status: 401, body }, 'tts.rejected'],
    [{ kind: 'status', status: 400, body: '{"error":' }, 'tts.rejected'],
    [{ kind: 'status', status: 429, body }, 'tts.rate_limited'],
    [{ kind: 'status', status: 402, body }, 'tts.rate_limited'],
    [{ kind: 'status', status: 500, body: 'x'.repeat(100_000) }, 'tts.failed'],
    [{ kind: 'text', type: 'application/json', body: '{"error":"no"}' }, 'tts.failed'],
    [{ kind: 'text', type: 'text/html', body: '<html>log in</html>' }, 'tts.failed'],
    [{ kind: 'text', type: 'audio/mpeg', body: '<html>log in</html>' }, 'tts.failed'],
    [{ kind: 'text', type: 'audio/mpeg', body: '' }, 'tts.failed'],
    [{ kind: 'hang_up' }, 'tts.unreachable'],
  ] as const)('the request rejects: %j is %s', async (script, code) => {
    server.script(script);
    const provider = openai({ format: 'mp3', gate: gate(1) });
    const error = await failureOf(() => provider.synthesize(REQUEST, never()));
    expect(codeOf(error)).toBe(code);
    expect(String(error)).not.toContain('sk-secret');
    await eventually(() => server.open === 0);
    server.script(AUDIO.mp3);
    await collect(await provider.synthesize(REQUEST, never()));
  });

  it.each([301, 302, 307, 308])('a redirect (%i) is not followed', async (status) => {
    const elsewhere = await FakeSpeechServer.start();
    elsewhere.script(AUDIO.pcm);
    server.script({ kind: 'redirect', status, to: `${elsewhere.baseUrl}/audio/speech` });
    const kept = new KeptConnections({ clock: systemClock });
    for (const http of [{ fetch }, kept]) {
      const failure = await failureOf(() => openai({ http }).synthesize(REQUEST, never()));
      expect([codeOf(failure), elsewhere.requests]).toEqual(['tts.failed', []]);
      expect(String(failure)).toContain('redirect');
    }
    kept.close();
    await elsewhere.close();
  });

  it('during speech, the received audio is delivered before the error', async () => {
    server.script({ ...AUDIO.pcm, end: 'cut' });
    const audio = await openai().synthesize(REQUEST, never());
    let bytes = 0;
    const error = await failureOf(async () => {
      for await (const chunk of audio.chunks) bytes += chunk.byteLength;
    });
    expect(codeOf(error)).toBe('tts.unreachable');
    expect(bytes).toBeGreaterThan(0);
  });

  it('an unreachable service is reported', async () => {
    const gone = await FakeSpeechServer.start();
    const { baseUrl } = gone;
    await gone.close();
    expect(codeOf(await failureOf(() => openai({ baseUrl }).synthesize(REQUEST, never())))).toBe('tts.unreachable');
  });

  it('a silent service: the request waits until it is aborted', async () => {
    server.script({ kind: 'silence' });
    const controller = new AbortController();
    const failure = failureOf(() => openai().synthesize(REQUEST, controller.signal));
    const request = await server.request(0);
    controller.abort(new Error('time-out'));
    expect(await failure).toEqual(new Error('time-out'));
    await request.clientGone;
  });
});
