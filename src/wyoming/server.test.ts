import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { scriptedTts, type ScriptedTts, type TtsScript } from '../../test/fakes/scripted-tts.js';
import { createSlots } from '../capacity/index.js';
import { ChorusError, noMetrics, Scope, silentLogger, systemClock, type Clock } from '../core/index.js';
import { encodeEvent, EventReader, wyomingEvent, type WyomingEvent } from '../platform/wyoming/index.js';
import { eventually } from '../plugin/testing/suite.js';
import type { Recognition, RecognitionRequest } from '../speech/recognition/index.js';
import { openWyomingServer } from './index.js';
import type { WyomingServerOptions } from './options.js';

const FORMAT = { rate: 16_000, width: 2, channels: 1 };
const OTHER_MACHINE = '203.0.113.7';

class Client {
  readonly events: WyomingEvent[] = [];
  closed = false;
  private constructor(readonly socket: Socket) {
    const reader = new EventReader();
    socket.on('data', (bytes) => this.events.push(...reader.push(bytes)));
    socket.on('close', () => (this.closed = true)).on('error', () => undefined);
  }

  static async open(port: number): Promise<Client> {
    const socket = connect(port, '127.0.0.1');
    const client = new Client(socket);
    await new Promise((resolve) => socket.once('connect', resolve));
    return client;
  }

  send(type: string, data = {}, payload?: Uint8Array): void {
    this.socket.write(encodeEvent(wyomingEvent(type, data, payload)));
  }

  utterance(samples: number, format = FORMAT): void {
    this.send('audio-start', format);
    const bytes = samples * format.width * format.channels;
    for (let at = 0; at < bytes; at += 32_000)
      this.send('audio-chunk', format, new Uint8Array(Math.min(32_000, bytes - at)).fill(1));
    this.send('audio-stop');
  }

  async next(type: string): Promise<WyomingEvent> {
    await eventually(() => this.closed || this.events.some((event) => event.type === type));
    const found = this.events.find((event) => event.type === type);
    if (!found) throw new Error(`closed after ${this.events.map((event) => JSON.stringify(event)).join()}`);
    return found;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

let scope: Scope;
let metrics: CountingMetrics;
let port: number;
let heard: RecognitionRequest[];
let recognise: (request: RecognitionRequest, signal: AbortSignal) => Promise<string>;
let voice: ScriptedTts;
const clients: Client[] = [];

async function open({
  scripts = [{}],
  clock = systemClock,
  usual = 'en-US',
  ...more
}: Partial<WyomingServerOptions> & { scripts?: TtsScript[]; clock?: Clock; usual?: string } = {}): Promise<void> {
  metrics = new CountingMetrics();
  heard = [];
  recognise = ({ pcm }) => Promise.resolve(`heard ${pcm.length}`);
  voice = scriptedTts('anna', clock, scripts, { local: true });
  const other = scriptedTts('berta', clock, [{ format: { kind: 'pcm', rateHz: 24_000 } }]);
  const providers = [voice, other];
  const answer = async (request: RecognitionRequest, signal: AbortSignal): Promise<Recognition> => {
    heard.push(request);
    const text = await recognise(request, signal);
    return { text, asr: 'fake', waitMs: 0, runMs: 1, punctuationMeansEnd: false };
  };
  const server = await openWyomingServer({
    listen: '127.0.0.1:0',
    allow: [],
    maxStreams: 2,
    version: '1.2.3',
    services: {
      recognizer: { recognize: answer },
      slots: createSlots({ clock, metrics: noMetrics, slots: 2 }),
      voices: () => providers,
      limits: () => ({ firstAudioMs: 2000, stallMs: 2000 }),
      language: () => usual,
      offeredModels: () => [{ name: 'ears', about: 'Ears', languages: ['en', 'zh'] }],
      offeredVoices: () => [{ name: 'anna:', about: 'Anna', languages: ['*'] }],
    },
    clock,
    log: silentLogger,
    metrics,
    scope,
    ...more,
  });
  port = server.port;
}
const client = async (): Promise<Client> => {
  const made = await Client.open(port);
  clients.push(made);
  return made;
};
const results = (): Record<string, number> => metrics.of('chorus_wyoming_requests_total');

beforeEach(() => {
  scope = new Scope('test', (name, error) => {
    throw new Error(`${name}: ${String(error)}`);
  });
});
afterEach(async () => {
  for (const one of clients.splice(0)) one.socket.destroy();
  await scope.close();
});

describe('recognition for other programs', () => {
  it('describes itself, and recognises utterances one after the other, as background work', async () => {
    await open();
    const one = await client();
    one.send('describe');
    const { data } = await one.next('info');
    expect(data['asr']).toMatchObject([
      { name: 'chorus', version: '1.2.3', installed: true, models: [{ name: 'ears', languages: ['en', 'zh'] }] },
    ]);
    expect(data['tts']).toMatchObject([{ supports_synthesize_streaming: true, voices: [{ name: 'anna:' }] }]);
    expect(JSON.stringify(data['tts'])).toContain('"zh"');
    one.send('transcribe', { language: 'zh_CN' });
    one.utterance(16_000);
    expect((await one.next('transcript')).data).toEqual({ text: 'heard 16000', language: 'zh-CN' });
    expect(heard[0]).toMatchObject({ deviceId: 'wyoming', background: true, language: 'zh-CN' });
    one.events.length = 0;
    one.utterance(24_000, { rate: 48_000, width: 2, channels: 2 });
    expect((await one.next('transcript')).data).toEqual({
      text: expect.stringMatching(/^heard 80\d\d$/),
      language: 'en-US',
    });
    expect(results()).toEqual({ 'asr done': 2 });
  });

  it('splits audio that is too long for the models, and joins the words', async () => {
    await open();
    const one = await client();
    one.utterance(40 * 16_000);
    const { text } = (await one.next('transcript')).data;
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.every(({ pcm }) => pcm.length <= 15 * 16_000)).toBe(true);
    expect(heard.reduce((sum, { pcm }) => sum + pcm.length, 0)).toBe(40 * 16_000);
    expect(text).toBe(heard.map(({ pcm }) => `heard ${pcm.length}`).join(' '));
  });

  it.each<[string, (one: Client) => void, string]>([
    ['more than a minute', (one) => one.utterance(61 * 16_000), 'wyoming.too_much'],
    ['another protocol', (one) => one.socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), 'wyoming.unreadable'],
    ['a payload of 50 MB', (one) => one.socket.write('{"type":"a","payload_length":50000000}\n'), 'wyoming.unreadable'],
    ['samples of 32 bits', (one) => one.send('audio-start', { ...FORMAT, width: 4 }), 'wyoming.unreadable'],
    ['half a sample', (one) => one.send('audio-chunk', FORMAT, new Uint8Array(3)), 'wyoming.unreadable'],
    ['a long text', (one) => one.send('synthesize', { text: 'word '.repeat(900) }), 'wyoming.too_much'],
  ])('%s: reports the cause to the client, and disconnects it', async (_, does, code) => {
    await open();
    const one = await client();
    does(one);
    expect((await one.next('error')).data).toMatchObject({ code });
    await eventually(() => one.closed);
    expect((await client()).closed).toBe(false);
  });

  it('reports a failure in its own words, not those of a service', async () => {
    await open();
    recognise = () => Promise.reject(new ChorusError('asr.failed', 'it heard: my secret'));
    const one = await client();
    one.utterance(16_000);
    expect((await one.next('error')).data).toEqual({ text: 'Speech recognition failed.', code: 'asr.failed' });
    expect(results()).toEqual({ 'asr failed': 1 });
  });

  it('serves a limited number at a time, and tells the next client that it is busy', async () => {
    await open({ maxStreams: 1 });
    const one = await client();
    one.send('audio-start', FORMAT);
    one.send('ping');
    await one.next('pong');
    const two = await client();
    two.utterance(16_000);
    expect((await two.next('error')).data['code']).toBe('wyoming.busy');
    one.send('audio-chunk', FORMAT, new Uint8Array(3200));
    one.send('audio-stop');
    await one.next('transcript');
    const three = await client();
    three.utterance(16_000);
    await three.next('transcript');
    expect(results()).toEqual({ 'asr busy': 1, 'asr done': 2 });
  });

  it('keeps the place of an utterance when a streamed text ends that never began', async () => {
    await open({ maxStreams: 1 });
    const one = await client();
    one.send('audio-start', FORMAT);
    one.send('audio-chunk', FORMAT, new Uint8Array(3200));
    one.send('synthesize-stop');
    one.send('ping');
    await one.next('pong');
    const two = await client();
    two.utterance(16_000);
    expect((await two.next('error')).data['code']).toBe('wyoming.busy');
    one.send('audio-stop');
    expect((await one.next('transcript')).data['text']).toBe('heard 1600');
    expect(results()).toEqual({ 'asr busy': 1, 'asr done': 1 });
  });

  it('cancels the requests of a disconnected client', async () => {
    await open({ maxStreams: 1 });
    let aborted = false;
    recognise = (__, signal) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason);
        }),
      );
    const one = await client();
    one.utterance(16_000);
    await eventually(() => heard.length === 1);
    one.socket.destroy();
    await eventually(() => aborted && results()['asr cancelled'] === 1);
    recognise = () => Promise.resolve('next');
    const two = await client();
    two.utterance(16_000);
    expect((await two.next('transcript')).data['text']).toBe('next');
  });

  it('disconnects silent clients, and sooner during an utterance', async () => {
    const clock = new FakeClock();
    await open({ clock, maxStreams: 1 });
    const [idle, half] = [await client(), await client()];
    half.send('audio-start', FORMAT);
    half.send('ping');
    await half.next('pong');
    await clock.advance(11_000);
    await eventually(() => half.closed);
    expect(idle.closed).toBe(false);
    await clock.advance(60_000);
    await eventually(() => idle.closed);
    expect(results()).toEqual({ 'asr cancelled': 1 });
  });
});

describe('voices for other programs', () => {
  const audioOf = (one: Client): number =>
    one.events.reduce((sum, { type, payload }) => sum + (type === 'audio-chunk' ? payload.byteLength : 0), 0);

  it('speak a text sentence by sentence, between one start and one stop', async () => {
    await open();
    const one = await client();
    one.send('synthesize', {
      text: 'This is the first of two sentences. And this one is the second.',
      voice: { name: 'anna:' },
    });
    await one.next('audio-stop');
    expect(one.types.filter((type) => type !== 'audio-chunk')).toEqual(['audio-start', 'audio-stop']);
    expect(voice.requests.length).toBe(2);
    expect(voice.requests[0]?.voice).toBeUndefined();
    expect(one.events[0]?.data).toEqual({ rate: 24_000, width: 2, channels: 1 });
    expect(audioOf(one) / 48_000).toBeGreaterThan(5);
    one.events.length = 0;
    one.send('synthesize', { text: '…' });
    await one.next('audio-stop');
    expect(one.types).toEqual(['audio-start', 'audio-stop']);
  });

  it('speak a streamed text once, in the language of its letters', async () => {
    await open();
    const one = await client();
    one.send('synthesize-start', {});
    for (const text of ['今天天气', '很好，我们', '出去走走吧。', '你想去哪里呢？我都可以。'])
      one.send('synthesize-chunk', { text });
    one.send('synthesize', { text: '今天天气很好，我们出去走走吧。你想去哪里呢？我都可以。' });
    one.send('synthesize-stop');
    await one.next('synthesize-stopped');
    expect(voice.requests.map(({ text }) => text).join('')).toBe(
      '今天天气很好，我们出去走走吧。你想去哪里呢？我都可以。',
    );
    expect(voice.requests[0]?.language).toBe('zh-CN');
    expect(one.types.filter((type) => type === 'audio-start').length).toBe(voice.requests.length);
    expect(results()).toEqual({ 'tts done': 1 });
  });

  it.each([
    ['zh-CN', ['23', '度，今天天气很好。'], 'zh-CN'],
    ['zh-CN', ['OK，', '我们出去走走吧。'], 'zh-CN'],
    ['zh-CN', ['😀 ', '好的，没问题。'], 'zh-CN'],
    ['zh-CN', ['12:30'], 'zh-CN'],
    ['zh-HK', ['今日', '天氣好好。'], 'zh-HK'],
    ['zh-CN', ['The weather is fine today.'], 'en-US'],
    ['ja-JP', ['今日', 'はいい天気ですね。'], 'ja-JP'],
    ['ja-JP', ['東京都庁前。'], 'ja-JP'],
    ['ja-JP', ['2026'], 'ja-JP'],
    ['en-US', ['今日', 'はいい天気ですね。'], 'ja-JP'],
    ['en-US', ['23 ', '度，今天天气很好。'], 'zh-CN'],
  ])('on a server whose language is %s, speak %s in %s', async (usual, deltas, language) => {
    await open({ usual });
    const one = await client();
    one.send('synthesize-start', {});
    for (const text of deltas) one.send('synthesize-chunk', { text });
    one.send('synthesize-stop');
    await one.next('synthesize-stopped');
    expect(new Set(voice.requests.map((request) => request.language))).toEqual(new Set([language]));
  });

  it('may fall back to another voice, which speaks at the announced sample rate', async () => {
    await open({
      scripts: [{ format: { kind: 'pcm', rateHz: 16_000 } }, { error: new ChorusError('tts.failed', 'no') }],
    });
    const one = await client();
    one.send('synthesize', { text: 'This is the first of two sentences. And this one is the second.' });
    await one.next('audio-stop');
    const rates = one.events.filter(({ type }) => type === 'audio-chunk').map(({ data }) => data['rate']);
    expect(new Set(rates)).toEqual(new Set([16_000]));
  });

  it('stop when the client has disconnected', async () => {
    await open({ scripts: [{ hangAfter: 2 }] });
    const one = await client();
    one.send('synthesize', { text: 'This is a sentence.' });
    await one.next('audio-start');
    one.socket.destroy();
    await eventually(() => results()['tts cancelled'] === 1);
    expect(voice.signals[0]?.aborted).toBe(true);
  });
});

describe('admission of clients', () => {
  it('accepts this machine and the allowed addresses', async () => {
    await open({ allow: [OTHER_MACHINE] });
    const one = await client();
    one.send('ping');
    await one.next('pong');
    await scope.close();
    await eventually(() => one.closed);
    expect(results()).toEqual({});
  });

  it('limits the number of concurrent clients', async () => {
    await open();
    const all = await Promise.all(Array.from({ length: 33 }, client));
    await eventually(() => all.some(({ closed }) => closed));
    expect(all.filter(({ closed }) => closed).length).toBe(1);
    expect(results()).toEqual({ 'other busy': 1 });
  });

  it('reports a port that is in use', async () => {
    await open();
    await expect(open({ listen: `127.0.0.1:${port}` })).rejects.toThrow(/wyoming.listen is in use/);
  });
});
