import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/core/index.js';
import { codeOf, eventually, failureOf, live } from '../../src/plugin/testing/suite.js';
import { collect, OVERLONG_BYTES, ttsContract } from '../../src/plugin/testing/voice.js';
import { providers, type TtsProvider } from '../../src/providers/index.js';
import { ChunkIntake } from '../../src/speech/speaking/chunk-intake.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { SPEECH_TEXT } from '../fakes/edge-server.js';
import { minimaxSocket } from '../../src/providers/tts/minimax/dialect.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { ScriptedHttp, type HttpCall, type HttpScript } from '../fakes/scripted-http.js';
import { ScriptedSocket, type SocketFault } from '../fakes/scripted-socket.js';
import {
  askedOf,
  piecesOf,
  rawSpeech,
  tencentSpeech,
  wavSpeech,
  xunfeiVoiceService,
  type HttpSpeech,
  type VoiceTrouble,
} from '../fakes/voice-services.js';
import { AUDIO, heard, makeVoice, REQUEST, settingFor, SOCKETS, type Settings } from './tts-services.subject.js';

interface HttpSubject {
  readonly speech: HttpSpeech;
  readonly settings?: Settings;
  /** Returns those parts of a request that the service's documentation prescribes. */
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

it('tests every voice of a service', () => {
  const elsewhere = new Set(['edge', 'openai', 'wyoming']);
  const services = providers.voices.filter(({ id, local }) => !local && !elsewhere.has(id)).map(({ id }) => id);
  expect(services.sort()).toEqual([...Object.keys(SOCKETS), ...Object.keys(HTTP)].sort());
});

let gate: ServiceGate;
function make(id: string, url: string, settings: Settings | undefined, clock?: Clock): TtsProvider {
  const made = makeVoice(id, url, settings, clock);
  ({ gate } = made);
  return made.provider;
}

const addressFor = (id: string, url: string): string =>
  id in HTTP ? url.replace('ws:', 'http:') : settingFor(id, url);

const settingsOf = (id: string): Settings | undefined => (SOCKETS[id] ?? HTTP[id])?.settings;

/** A sentence that arrives in two pieces. `finish` releases the second piece. */
function beingWritten(): { readonly pieces: AsyncIterable<string>; readonly finish: (piece: string) => void } {
  let finish: (piece: string) => void = () => undefined;
  const last = new Promise<string>((resolve) => (finish = resolve));
  const pieces = (async function* () {
    yield 'It is ';
    yield await last;
  })();
  return { pieces, finish };
}

/** How often to repeat the audio for `factor` times a length that the reader refuses. */
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
  const voice = (clock?: Clock): TtsProvider => make(id, `${addressFor(id, server.url)}/v1`, settings, clock);

  ttsContract(it, () => ({
    provider: voice(),
    request: REQUEST,
    open: () => server.busy,
    endless: () => {
      trouble = 'endless';
      return REQUEST;
    },
    overlong: () => {
      trouble = undefined;
      // The service reads one value to check whether it is busy, and the next one to speak.
      copies = [1, copiesOf(1)];
      return REQUEST;
    },
  }));

  it('returns exactly the sent audio, for the expected request', async () => {
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
  ])('%j %j is reported, and the next request succeeds', async (fault, wrong, code) => {
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

describe.each(Object.entries(SOCKETS))('speaking a sentence as it is written, at %s', (id, { service, settings }) => {
  let server: ScriptedSocket;
  let trouble: VoiceTrouble;
  beforeEach(async () => {
    trouble = undefined;
    server = await ScriptedSocket.start(service(() => ({ audio: AUDIO, trouble, copies: 1 }), true));
  });
  afterEach(() => server.close());
  const voice = (clock?: Clock): TtsProvider => make(id, `${addressFor(id, server.url)}/v1`, settings, clock);

  it('sounds before its end is written, and each piece is sent at once', async () => {
    const { pieces, finish } = beingWritten();
    const audio = await voice().stream!({ language: 'en-US', pieces }, live());
    const chunks = audio.chunks[Symbol.asyncIterator]();
    expect((await chunks.next()).value?.byteLength).toBeGreaterThan(0);
    expect(piecesOf(server.peers[0]!)).toEqual(['It is ']);
    finish('sunny.');
    let bytes = 0;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) bytes += next.value.byteLength;
    expect(bytes).toBeGreaterThan(AUDIO.length);
    expect(piecesOf(server.peers[0]!)).toEqual(['It is ', 'sunny.']);
    await eventually(() => server.busy === 0);
    expect(gate.free).toBe(10);
  });

  it('is cancelled by a barge-in: the connection closes, and no more text is sent', async () => {
    const { pieces, finish } = beingWritten();
    const controller = new AbortController();
    const audio = await voice().stream!({ language: 'en-US', pieces }, controller.signal);
    const reason = new Error('barge-in');
    controller.abort(reason);
    expect(await failureOf(() => collect(audio))).toBe(reason);
    await eventually(() => server.busy === 0);
    finish('sunny.');
    await Promise.resolve();
    expect(piecesOf(server.peers[0]!)).toEqual(['It is ']);
    expect(gate.free).toBe(10);
  });

  const faults: readonly [SocketFault | undefined, VoiceTrouble, string][] = [
    [{ refuse: 401 }, undefined, 'tts.rejected'],
    [{ refuse: 429 }, undefined, 'tts.rate_limited'],
    [undefined, 'busy', 'tts.rate_limited'],
    ['half', undefined, 'tts.unreachable'],
    ['close', undefined, 'tts.unreachable'],
    ['flood', undefined, 'tts.unreachable'],
    ['nonsense', undefined, 'tts.failed'],
    ['deaf', undefined, 'tts.timeout'],
    ['mute', undefined, 'tts.timeout'],
    [undefined, 'never', 'tts.timeout'],
  ];
  it.each(faults)('%j %j is reported and ends cleanly, and the next request succeeds', async (fault, wrong, code) => {
    server.fault = fault;
    trouble = wrong;
    const clock = new FakeClock();
    const provider = voice(clock);
    const ask = async (): Promise<number> => {
      const { pieces, finish } = beingWritten();
      finish('sunny.');
      const intake = new ChunkIntake({
        clock,
        limits: { firstAudioMs: 4_000, stallMs: 4_000 },
        limitsFrom: Promise.resolve(),
        maxBytes: 1e6,
      });
      const read = (signal: AbortSignal) => provider.stream!({ language: 'en-US', pieces }, signal);
      const over = new AbortController();
      const reading = intake.read(read, () => undefined, over.signal).finally(() => over.abort());
      reading.catch(() => undefined);
      while (!over.signal.aborted) await clock.advance(50);
      await reading;
      return (await intake.take(1e6)).bytes.byteLength;
    };
    expect(codeOf(await failureOf(ask))).toBe(code);
    await eventually(() => gate.free === 10 && server.busy === 0);
    server.fault = undefined;
    trouble = undefined;
    expect(await ask()).toBeGreaterThan(0);
  });
});

it('Xunfei: after a 403 the clock is corrected, and the sentence is spoken', async () => {
  const server = await ScriptedSocket.start(
    xunfeiVoiceService(() => ({ audio: AUDIO, trouble: undefined, copies: 1 })),
  );
  server.fault = { refuseFirst: 403, date: new Date(systemClock.wallMs() + 3_600_000).toUTCString() };
  const provider = make('xunfei', `${server.url}/v1`, SOCKETS['xunfei']!.settings);
  expect((await heard(provider)).bytes.equals(AUDIO)).toBe(true);
  expect(server.refusals).toBe(1);
  await server.close();
});

it('a voice takes text during writing only if its description says so', () => {
  const streaming = providers.voices.filter(({ streaming: how }) => how === 'text').map(({ id }) => id);
  expect(streaming.sort()).toEqual(Object.keys(SOCKETS).sort());
  for (const id of [...Object.keys(SOCKETS), ...Object.keys(HTTP)])
    expect([id, make(id, addressFor(id, 'ws://127.0.0.1:9'), settingsOf(id)).stream !== undefined]).toEqual([
      id,
      streaming.includes(id),
    ]);
});

it.each([...Object.keys(SOCKETS), ...Object.keys(HTTP)])(
  'the voice %s speaks the languages of its description',
  (id) => {
    const { languages } = make(id, addressFor(id, 'ws://127.0.0.1:9'), settingsOf(id));
    expect(languages).toEqual(providers.voice(id)?.languages);
  },
);

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

  it('returns exactly the sent audio, for the expected request', async () => {
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
  ])('%j is reported, and the next request succeeds', async (script, code) => {
    server.script(script, plan());
    const provider = voice();
    const error = await failureOf(() => heard(provider));
    expect(codeOf(error)).toMatch(code);
    expect(String(error)).not.toContain('sk-secret');
    expect(gate.free).toBe(10);
    expect((await heard(provider)).bytes.length).toBe(AUDIO.length);
  });
});

it('MiniMax: the socket has an address beside that of the setting', () => {
  expect(minimaxSocket({ url: 'https://api.minimaxi.com/v1/t2a_v2', group_id: 'g' })).toBe(
    'wss://api.minimaxi.com/ws/v1/t2a_v2_bidi?GroupId=g',
  );
});

it('Tencent Cloud: an error in an answer with status 200 is reported with its meaning', async () => {
  const error = { Code: 'LimitExceeded.AccessLimit', Message: 'too many' };
  const server = await ScriptedHttp.start({
    status: 200,
    body: JSON.stringify({ Response: { Error: error } }),
    headers: { 'content-type': 'application/json' },
  });
  expect(codeOf(await failureOf(() => heard(make('tencent', server.url, {}))))).toBe('tts.rate_limited');
  await server.close();
});
