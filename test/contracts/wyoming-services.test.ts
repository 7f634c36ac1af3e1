import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { floatToInt16, int16ToBytes, Mp3Decoder } from '../../src/audio/index.js';
import { silentLogger, systemClock, type Clock, Scope } from '../../src/core/index.js';
import { asrContract } from '../../src/plugin/testing/recognizer.js';
import { codeOf, eventually, failureOf, live } from '../../src/plugin/testing/suite.js';
import { collect, decode, OVERLONG_BYTES, ttsContract } from '../../src/plugin/testing/voice.js';
import { providers, type AsrProvider, type TtsProvider, type VoiceContext } from '../../src/providers/index.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { SPEECH_MP3, SPEECH_TEXT } from '../fakes/edge-server.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { understood } from '../fakes/recognition-services.js';
import { gateFor } from '../fakes/service-gate.js';
import { infoOf, WyomingService, type WyomingFault, type WyomingScript } from '../fakes/wyoming-service.js';
import { clip } from '../fixtures/speech.js';

const decoder = await Mp3Decoder.create();
const AUDIO = Buffer.from(int16ToBytes(floatToInt16(decoder.push(SPEECH_MP3))));
decoder.close();
const SPEECH = clip('austen-0930');
const WHOLE = understood(SPEECH.length * 2);
const FORMAT = { rate: 24_000, width: 2, channels: 1 };

let streams = false;
/** How the service misbehaves. `never` means that its answer never ends. */
let trouble: 'busy' | 'never' | 'rate' | 'width' | 'odd' | 'change' | 'silent' | undefined;
let service: WyomingService;
let gate: ServiceGate;

const recognising: WyomingScript = (peer, { type }) => {
  if (type === 'describe') peer.send('info', infoOf(streams));
  else if (trouble === 'busy') peer.send('error', { text: 'full', code: 'busy' });
  else if (type === 'audio-chunk' && streams && peer.audioBytes === 3_200) {
    peer.send('transcript-start');
    peer.send('transcript-chunk', { text: 'under' });
  } else if (type === 'audio-stop' && trouble !== 'never') {
    const text = ` ${understood(peer.audioBytes)}\n`;
    if (streams) peer.send('transcript-chunk', { text: text.slice(6) });
    peer.send('transcript', { text, language: 'en' });
    peer.cut();
  }
};

const PARTS = 24;
const speaking: WyomingScript = (peer, { type, data }) => {
  if (type === 'describe') peer.send('info', infoOf(streams));
  // A service that takes text while it is written ignores the event with the whole text.
  if (type !== (streams ? 'synthesize-stop' : 'synthesize')) return;
  expect(data['text'] ?? SPEECH_TEXT).not.toBe('');
  if (trouble === 'busy') return peer.send('error', { text: 'full', code: 'busy' });
  const format = { ...FORMAT, ...(trouble === 'rate' && { rate: 96_000 }), ...(trouble === 'width' && { width: 1 }) };
  peer.send('audio-start', format);
  const part = Math.ceil(AUDIO.length / PARTS / 2) * 2;
  const end = trouble === 'silent' ? 0 : AUDIO.length;
  for (let at = 0; at < end; at += part) {
    const bytes = AUDIO.subarray(at, at + part);
    const changed = trouble === 'change' && at > 0 ? { rate: 16_000 } : {};
    peer.send('audio-chunk', { ...format, ...changed }, trouble === 'odd' ? bytes.subarray(1) : bytes);
  }
  if (trouble === 'never') return;
  peer.send('audio-stop');
  if (streams) peer.send('synthesize-stopped');
};

const recogniser = (clock: Clock = systemClock): AsrProvider => {
  gate = gateFor({ kind: 'asr', concurrent: 4, clock });
  const descriptor = providers.recognitionService('wyoming')!;
  return descriptor.create(descriptor.settings.parse({ url: service.url }), {
    clock,
    log: silentLogger,
    gate,
    scope: new Scope('test', () => undefined),
  });
};

const voice = (clock: Clock = systemClock, settings = {}): TtsProvider => {
  gate = gateFor({ concurrent: 10, clock });
  const descriptor = providers.voice('wyoming')!;
  const context = { clock, gate, rate: 1 } as unknown as VoiceContext;
  return descriptor.create(descriptor.settings.parse({ url: service.url, ...settings }), context);
};
const REQUEST = { text: SPEECH_TEXT, language: 'en-US' };
const heard = async (provider: TtsProvider): Promise<Buffer> => {
  const audio = await provider.synthesize(REQUEST, live());
  return Buffer.from(int16ToBytes((await decode(audio, await collect(audio))).pcm));
};
const ask = (provider: AsrProvider, language = 'en-US') => provider.transcribe({ pcm: SPEECH, language }, live());

afterEach(() => service.close());

describe.each([false, true])('recognition by Wyoming (streams: %s)', (announced) => {
  beforeEach(async () => {
    streams = announced;
    trouble = undefined;
    service = await WyomingService.start(recognising);
  });

  asrContract(it, { provider: () => recogniser(), speech: () => SPEECH, heard: /understood \d+/, language: 'zh' });

  it('asks once for the offer, then uses the names of the service', async () => {
    const provider = recogniser();
    expect((await ask(provider, 'zh-CN')).text).toBe(WHOLE);
    expect((await ask(provider, 'fr-FR')).text).toBe(WHOLE);
    const [first, second] = service.peers.map(({ received }) => received.map(({ type }) => type));
    expect(first?.slice(0, 3)).toEqual(['describe', 'transcribe', 'audio-start']);
    expect(second?.slice(0, 2)).toEqual(['transcribe', 'audio-start']);
    expect(service.peers[0]?.received[1]?.data).toEqual({ language: 'zh' });
    expect(service.peers[1]?.received[0]?.data).toEqual({});
    await eventually(() => service.open === 0);
  });

  it('takes audio during speech only if the service announced it', async () => {
    const provider = recogniser();
    expect(provider.open).toBeUndefined();
    await ask(provider);
    if (!announced) {
      expect(provider.open).toBeUndefined();
      return;
    }
    const texts: string[] = [];
    const stream = provider.open!({ language: 'en', onText: ({ text }) => texts.push(text) }, live());
    for (let at = 0; at < SPEECH.length; at += 700) stream.push(SPEECH.subarray(at, at + 700));
    expect(await stream.finish()).toBe(WHOLE);
    expect(texts[0]).toBe('under');
  });

  it.each<[WyomingFault, RegExp]>([
    ['half', /failed|unreachable/],
    ['close', /unreachable/],
    ['flood', /failed/],
    ['nonsense', /failed/],
    ['huge', /failed/],
  ])('%s is reported, and the next utterance is recognised', async (fault, code) => {
    service.fault = fault;
    const provider = recogniser();
    expect(codeOf(await failureOf(() => ask(provider)))).toMatch(code);
    await eventually(() => gate.free === 4);
    service.fault = undefined;
    expect((await ask(provider)).text).toBe(WHOLE);
    await eventually(() => service.open === 0);
  });

  it.each(['mute', 'never'] as const)('%s is given up in time', async (what) => {
    if (what === 'mute') service.fault = 'mute';
    else trouble = 'never';
    const clock = new FakeClock();
    const over = new AbortController();
    const asked = failureOf(() => ask(recogniser(clock))).finally(() => over.abort());
    while (!over.signal.aborted) await clock.advance(50);
    expect(codeOf(await asked)).toBe('asr.timeout');
    expect(clock.nowMs()).toBeLessThan(12_000);
    expect(clock.pending).toBe(0);
  });

  it('reports a busy service, or one that recognises nothing', async () => {
    trouble = 'busy';
    expect(codeOf(await failureOf(() => ask(recogniser())))).toBe('asr.rate_limited');
    service.script = (peer) => peer.send('info', { tts: infoOf()['tts'] });
    expect(String(await failureOf(() => ask(recogniser())))).toContain('recognises no speech');
  });
});

describe.each([false, true])('a voice by Wyoming (streams: %s)', (announced) => {
  beforeEach(async () => {
    streams = announced;
    trouble = undefined;
    service = await WyomingService.start(speaking);
  });

  ttsContract(it, () => ({
    provider: voice(),
    request: REQUEST,
    open: () => service.open,
    endless: () => {
      trouble = 'never';
      return REQUEST;
    },
    overlong: () => {
      trouble = undefined;
      service.script = (peer, event) => {
        if (['synthesize', 'synthesize-stop'].includes(event.type)) {
          // The service sends too much only once.
          service.script = speaking;
          const part = Buffer.alloc(500_000);
          for (let sent = 0; sent < OVERLONG_BYTES; sent += part.length) peer.send('audio-chunk', FORMAT, part);
        }
        speaking(peer, event);
      };
      return REQUEST;
    },
  }));

  it('returns exactly the sent audio for the request, by the named voice or by language', async () => {
    expect((await heard(voice())).equals(AUDIO)).toBe(true);
    const said = service.peers[0]!.received.find(({ type }) => type === 'synthesize');
    expect(said?.data).toEqual({ text: SPEECH_TEXT, voice: { language: 'en_US' } });
    const named = voice(systemClock, { voice: 'huayan', speaker: 'second' });
    await heard(named);
    expect(service.peers[1]!.received.find(({ type }) => type === 'synthesize')?.data).toMatchObject({
      voice: { name: 'huayan', speaker: 'second' },
    });
  });

  it.each(['rate', 'width', 'odd', 'change', 'silent', 'busy'] as const)(
    '%s: is reported, and the next request succeeds',
    async (what) => {
      trouble = what;
      const provider = voice();
      const code = codeOf(await failureOf(() => heard(provider)));
      expect(code).toBe(what === 'busy' ? 'tts.rate_limited' : 'tts.failed');
      await eventually(() => gate.free === 10);
      trouble = undefined;
      expect((await heard(provider)).length).toBe(AUDIO.length);
      await eventually(() => service.open === 0);
    },
  );

  it.each<[WyomingFault, RegExp]>([
    ['half', /failed|unreachable/],
    ['close', /unreachable/],
    ['flood', /failed/],
    ['nonsense', /failed/],
  ])('%s is reported', async (fault, code) => {
    service.fault = fault;
    expect(codeOf(await failureOf(() => heard(voice())))).toMatch(code);
    await eventually(() => service.open === 0 && gate.free === 10);
  });
});

describe('services that are asked for their offer', () => {
  beforeEach(async () => {
    trouble = undefined;
    streams = false;
    service = await WyomingService.start(recognising);
  });
  const probe = (kind: 'asr' | 'tts', url = service.url): Promise<unknown> => {
    const context = { clock: systemClock, signal: live() };
    const one = kind === 'asr' ? providers.recognitionService('wyoming')! : providers.voice('wyoming')!;
    return Promise.resolve(one.probe?.(one.settings.parse({ url }), context));
  };

  it('report models, voices and languages', async () => {
    expect(await probe('asr')).toEqual({ en: 'whisper (en, zh)', zh: 'whisper（en、zh）' });
    expect(await probe('tts')).toEqual({ en: 'amy, huayan (en, zh)', zh: 'amy、huayan（en、zh）' });
  });

  it('report why they cannot', async () => {
    service.script = (peer) => peer.send('info', {});
    expect(codeOf(await failureOf(() => probe('asr')))).toBe('asr.failed');
    expect(codeOf(await failureOf(() => probe('tts')))).toBe('tts.failed');
    service.script = (peer) => void peer.raw('hello\n');
    expect(codeOf(await failureOf(() => probe('tts')))).toBe('tts.failed');
    service.script = (peer) => peer.cut();
    expect(codeOf(await failureOf(() => probe('asr')))).toBe('asr.unreachable');
    const { url } = service;
    await service.close();
    expect(codeOf(await failureOf(() => probe('tts', url)))).toBe('tts.unreachable');
    service = await WyomingService.start(recognising);
  });

  it('an address has a host and a port', () => {
    const { settings } = providers.voice('wyoming')!;
    for (const url of ['127.0.0.1:10200', 'http://a:1', 'tcp://a', 'tcp://:1', 'tcp://a:99999'])
      expect(settings.safeParse({ url }).success, url).toBe(false);
    expect(settings.safeParse({ url: 'tcp://piper.lan:10200' }).success).toBe(true);
    expect(settings.safeParse({ url: 'tcp://[fd00::1]:10200' }).success).toBe(true);
  });
});
