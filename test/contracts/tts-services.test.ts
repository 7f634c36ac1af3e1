import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noMetrics, Scope, silentLogger, systemClock, type Clock } from '../../src/core/index.js';
import { floatToInt16, int16ToBytes, Mp3Decoder } from '../../src/audio/index.js';
import { codeOf, eventually, failureOf, live } from '../../src/plugin/testing/suite.js';
import { collect, decode, OVERLONG_BYTES, ttsContract } from '../../src/plugin/testing/voice.js';
import { providers, type TtsProvider, type VoiceContext } from '../../src/providers/index.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { SPEECH_MP3, SPEECH_TEXT } from '../fakes/edge-server.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { ScriptedHttp, type HttpCall, type HttpScript } from '../fakes/scripted-http.js';
import { ScriptedSocket, type Service, type SocketFault } from '../fakes/scripted-socket.js';
import { gateFor } from '../fakes/service-gate.js';
import {
  askedOf,
  cosyvoiceService,
  minimaxSpeech,
  nlsVoiceService,
  rawSpeech,
  tencentSpeech,
  volcengineVoiceService,
  wavSpeech,
  xunfeiVoiceService,
  type HttpSpeech,
  type SpeechPlan,
  type VoiceTrouble,
} from '../fakes/voice-services.js';

const decoder = await Mp3Decoder.create();
const AUDIO = Buffer.from(int16ToBytes(floatToInt16(decoder.push(SPEECH_MP3))));
decoder.close();
const REQUEST = { text: SPEECH_TEXT, language: 'en-US' };

type Settings = Readonly<Record<string, unknown>>;

interface SocketSubject {
  readonly service: (plan: () => SpeechPlan) => Service;
  readonly settings?: Settings;
}
const SOCKETS: Readonly<Record<string, SocketSubject>> = {
  volcengine: { service: volcengineVoiceService, settings: { app_id: 'app' } },
  cosyvoice: { service: cosyvoiceService },
  'aliyun-nls': { service: nlsVoiceService, settings: { appkey: 'app' } },
  xunfei: { service: xunfeiVoiceService, settings: { app_id: 'app', api_secret: 's' } },
};

interface HttpSubject {
  readonly speech: HttpSpeech;
  readonly settings?: Settings;
  /** The parts of its document that the request must have. */
  readonly asks: (call: HttpCall) => unknown;
  readonly expected: unknown;
}
const jsonOf = ({ body }: HttpCall): Settings => JSON.parse(String(body)) as Settings;
const HTTP: Readonly<Record<string, HttpSubject>> = {
  tencent: {
    speech: tencentSpeech,
    settings: { secret_id: 'AKID' },
    asks: (call) => [
      call.headers['x-tc-action'],
      call.headers['x-tc-version'],
      call.headers['x-tc-region'],
      String(call.headers.authorization).replace(/=\d{4}-.*|=AKID\/.*/, '=AKID/…'),
      { ...jsonOf(call), SessionId: '' },
    ],
    expected: [
      'TextToVoice',
      '2019-08-23',
      'ap-guangzhou',
      'TC3-HMAC-SHA256 Credential=AKID/…',
      {
        Text: SPEECH_TEXT,
        SessionId: '',
        VoiceType: 501_002,
        Speed: 0,
        PrimaryLanguage: 2,
        Codec: 'pcm',
        SampleRate: 24_000,
      },
    ],
  },
  minimax: {
    speech: minimaxSpeech,
    settings: { group_id: 'g', voice: 'v' },
    asks: (call) => [call.path, call.headers.authorization, jsonOf(call)['text'], jsonOf(call)['audio_setting']],
    expected: ['/?GroupId=g', 'Bearer sk-secret', SPEECH_TEXT, { sample_rate: 24_000, format: 'pcm', channel: 1 }],
  },
  elevenlabs: {
    speech: rawSpeech,
    settings: { voice: 'v/1', model: 'm' },
    asks: (call) => [call.path, call.headers['xi-api-key'], jsonOf(call)],
    expected: [
      '/v1/text-to-speech/v%2F1/stream?output_format=pcm_24000',
      'sk-secret',
      { text: SPEECH_TEXT, model_id: 'm' },
    ],
  },
  azure: {
    speech: rawSpeech,
    asks: (call) => [
      call.headers['ocp-apim-subscription-key'],
      call.headers['x-microsoft-outputformat'],
      String(call.body),
    ],
    expected: [
      'sk-secret',
      'raw-24khz-16bit-mono-pcm',
      "<speak version='1.0' xml:lang='zh-CN'><voice name='zh-CN-XiaoxiaoNeural'><prosody " +
        `rate='0%'>${SPEECH_TEXT}</prosody></voice></speak>`,
    ],
  },
  'fish-speech': {
    speech: wavSpeech,
    settings: { voice: 'mine' },
    asks: (call) => [call.path, call.headers.authorization, jsonOf(call)],
    expected: [
      '/v1/tts',
      'Bearer sk-secret',
      { text: SPEECH_TEXT, format: 'wav', streaming: true, reference_id: 'mine' },
    ],
  },
  'gpt-sovits': {
    speech: wavSpeech,
    settings: { ref_audio_path: '/a.wav' },
    asks: (call) => [call.path, jsonOf(call)['text_lang'], jsonOf(call)['ref_audio_path'], jsonOf(call)['media_type']],
    expected: ['/tts', 'en', '/a.wav', 'wav'],
  },
  'index-tts': {
    speech: rawSpeech,
    asks: (call) => jsonOf(call),
    expected: { text: SPEECH_TEXT, character: 'jay_klee' },
  },
  'custom-http': {
    speech: wavSpeech,
    settings: { body: '{"a":{text},"b":[{voice},{speed}]}', voice: '"{text}"', headers: { 'x-own': '1' } },
    asks: (call) => [call.headers['x-own'], jsonOf(call)],
    expected: ['1', { a: SPEECH_TEXT, b: ['"{text}"', 1] }],
  },
};

it('every voice of a service is tried here', () => {
  const elsewhere = new Set(['edge', 'openai', 'wyoming']);
  const services = providers.voices.filter(({ id, local }) => !local && !elsewhere.has(id)).map(({ id }) => id);
  expect(services.sort()).toEqual([...Object.keys(SOCKETS), ...Object.keys(HTTP)].sort());
});

let gate: ServiceGate;
function make(id: string, url: string, settings: Settings | undefined, clock: Clock = systemClock): TtsProvider {
  const voice = providers.voice(id)!;
  gate = gateFor({ keys: 'sk-secret', concurrent: 10, clock });
  const context = {
    clock,
    log: silentLogger,
    metrics: noMetrics,
    scope: new Scope('test', () => undefined),
    rate: 1,
    gate,
  };
  return voice.create(voice.settings.parse({ url, ...settings }), context as unknown as VoiceContext);
}

async function heard(provider: TtsProvider): Promise<{ readonly rateHz: number; readonly bytes: Buffer }> {
  const audio = await provider.synthesize(REQUEST, live());
  const { rateHz, pcm } = await decode(audio, await collect(audio));
  return { rateHz, bytes: Buffer.from(int16ToBytes(pcm)) };
}

/** How often the speech has to be said to be more than anybody waits for. */
const copiesOf = (factor: number): number => Math.ceil((OVERLONG_BYTES * factor) / AUDIO.length);

describe.each(Object.entries(SOCKETS))('the voice %s', (id, { service, settings }) => {
  let server: ScriptedSocket;
  let trouble: VoiceTrouble;
  let copies: number[];
  beforeEach(async () => {
    trouble = undefined;
    copies = [];
    server = await ScriptedSocket.start(service(() => ({ audio: AUDIO, trouble, copies: copies.shift() ?? 1 })));
  });
  afterEach(() => server.close());
  const voice = (clock?: Clock): TtsProvider => make(id, `${server.url}/v1`, settings, clock);

  ttsContract(it, () => ({
    provider: voice(),
    request: REQUEST,
    open: () => server.open,
    endless: () => {
      trouble = 'endless';
      return REQUEST;
    },
    overlong: () => {
      trouble = undefined;
      // The plan is looked at first for whether the service takes more.
      copies = [1, copiesOf(1)];
      return REQUEST;
    },
  }));

  it('gives exactly what was sent, for what was asked', async () => {
    const { rateHz, bytes } = await heard(voice());
    expect(rateHz).toBe(24_000);
    expect(bytes.equals(AUDIO)).toBe(true);
    expect(askedOf(server.peers[0]!)).toBe(SPEECH_TEXT);
  });

  it.each<[SocketFault | undefined, VoiceTrouble, RegExp]>([
    [{ refuse: 401 }, undefined, /rejected/],
    [{ refuse: 429 }, undefined, /rate_limited/],
    [{ refuse: 503 }, undefined, /failed/],
    ['deaf', undefined, /timeout/],
    [undefined, 'busy', /rate_limited/],
    [undefined, 'silent', /failed/],
  ])('%j %j: says so, and speaks the next time', async (fault, wrong, code) => {
    server.fault = fault;
    trouble = wrong;
    const clock = new FakeClock();
    const provider = voice(clock);
    const over = new AbortController();
    const asked = failureOf(() => heard(provider)).finally(() => over.abort());
    while (!over.signal.aborted) await clock.advance(50);
    expect(codeOf(await asked)).toMatch(code);
    await eventually(() => gate.free === 10);
    server.fault = undefined;
    trouble = undefined;
    expect((await heard(provider)).bytes.length).toBe(AUDIO.length);
  });
});

describe.each(Object.entries(HTTP))('the voice %s', (id, { speech, settings, asks, expected }) => {
  let server: ScriptedHttp;
  const plan =
    (trouble?: VoiceTrouble, copies = 1): HttpScript =>
    (_, response) =>
      speech({ audio: AUDIO, trouble, copies }, response);
  beforeEach(async () => {
    server = await ScriptedHttp.start(plan());
  });
  afterEach(() => server.close());
  const voice = (): TtsProvider => make(id, server.url, settings);

  ttsContract(it, () => ({
    provider: voice(),
    request: REQUEST,
    open: () => server.open,
    endless: () => {
      server.script(plan('endless'));
      return REQUEST;
    },
    overlong: () => {
      server.script(plan('endless', copiesOf(1.1)), plan());
      return REQUEST;
    },
  }));

  it('gives exactly what was sent, for what was asked', async () => {
    const { rateHz, bytes } = await heard(voice());
    expect(rateHz).toBe(24_000);
    expect(bytes.equals(AUDIO)).toBe(true);
    expect(asks(server.calls[0]!)).toEqual(expected);
  });

  it.each<[HttpScript, RegExp]>([
    [{ status: 401, body: '{"message":"bad sk-secret"}' }, /rejected/],
    [{ status: 429 }, /rate_limited/],
    [{ status: 500 }, /failed/],
    [{ status: 200, body: '{"error":"no"}', headers: { 'content-type': 'application/json' } }, /failed/],
    [{ status: 200, headers: { 'content-type': 'audio/wav' } }, /failed/],
  ])('%j: says so, and speaks the next time', async (script, code) => {
    server.script(script, plan());
    const provider = voice();
    const error = await failureOf(() => heard(provider));
    expect(codeOf(error)).toMatch(code);
    expect(String(error)).not.toContain('sk-secret');
    expect(gate.free).toBe(10);
    expect((await heard(provider)).bytes.length).toBe(AUDIO.length);
  });
});

it('MiniMax: an error in an answer of 200 is what it says', async () => {
  const server = await ScriptedHttp.start({
    status: 200,
    body: '{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}',
    headers: { 'content-type': 'application/json' },
  });
  expect(codeOf(await failureOf(() => heard(make('minimax', server.url, {}))))).toBe('tts.rate_limited');
  await server.close();
});

it('Tencent Cloud: an error in an answer of 200 is what it says', async () => {
  const error = { Code: 'LimitExceeded.AccessLimit', Message: 'too many' };
  const server = await ScriptedHttp.start({
    status: 200,
    body: JSON.stringify({ Response: { Error: error } }),
    headers: { 'content-type': 'application/json' },
  });
  expect(codeOf(await failureOf(() => heard(make('tencent', server.url, {}))))).toBe('tts.rate_limited');
  await server.close();
});
