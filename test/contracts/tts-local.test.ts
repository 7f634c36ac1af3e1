import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/index.js';
import { espeakSynthesize } from '../../src/providers/tts/espeak/synthesize.js';
import { fliteSynthesize } from '../../src/providers/tts/flite/synthesize.js';
import type { TtsProvider } from '../../src/providers/index.js';
import type { TtsRequest } from '../../src/providers/tts/tts-port.js';
import { espeakTts } from '../../src/providers/tts/espeak/index.js';
import { fliteTts } from '../../src/providers/tts/flite/index.js';
import type { LocalVoiceClient } from '../../src/providers/tts/local.js';
import { codeOf, failureOf } from '../../src/plugin/testing/suite.js';
import { collect, decode, OVERLONG_BYTES, ttsContract, type TtsSubject } from '../../src/plugin/testing/voice.js';
import { SPEECH_TEXT } from '../fakes/edge-server.js';

const never = (): AbortSignal => new AbortController().signal;
let open = 0;
let overlong = false;

/** Synthesises in the test's own process, in place of the process that speaks. */
const client: LocalVoiceClient = async (engine, request, { signal }) => {
  open += 1;
  try {
    if (overlong) {
      overlong = false;
      return { rateHz: 24_000, pcm: new Int16Array(OVERLONG_BYTES / 2) };
    }
    const result = await (engine === 'flite' ? fliteSynthesize : espeakSynthesize)(request);
    signal.throwIfAborted();
    return result;
  } finally {
    open -= 1;
  }
};

async function seconds(provider: TtsProvider, request: TtsRequest): Promise<number> {
  const audio = await provider.synthesize(request, never());
  const { pcm, rateHz } = await decode(audio, await collect(audio));
  return pcm.length / rateHz;
}

/** Synthesises as slowly as on a machine that other programs keep busy. */
const slowClient: LocalVoiceClient = async (engine, request, options) => {
  await new Promise((resolve) => setTimeout(resolve, 60));
  return client(engine, request, options);
};

function subject(provider: TtsProvider, request: TtsRequest): TtsSubject {
  return {
    provider,
    request,
    open: () => open,
    overlong: () => {
      overlong = true;
      return request;
    },
  };
}

describe('flite', () => {
  ttsContract(it, () => subject(fliteTts({ clock: systemClock, client }), { text: SPEECH_TEXT, language: 'en-US' }));
});

describe('espeak, English', () => {
  ttsContract(it, () => subject(espeakTts({ clock: systemClock, client }), { text: SPEECH_TEXT, language: 'en-US' }));
});

describe('espeak, Mandarin', () => {
  ttsContract(it, () =>
    subject(espeakTts({ clock: systemClock, client }), {
      text: '你好，今天天气很好，我们去公园吧。',
      language: 'zh-CN',
    }),
  );
});

describe('local voices', () => {
  it.each([
    ['flite', fliteTts],
    ['espeak', espeakTts],
  ] as const)('%s speaks faster and slower', async (_, make) => {
    const provider = make({ clock: systemClock, client });
    const request = { text: SPEECH_TEXT, language: 'en' };
    const normal = await seconds(provider, request);
    expect(await seconds(provider, { ...request, rate: 2 })).toBeLessThan(normal * 0.65);
    expect(await seconds(provider, { ...request, rate: 0.5 })).toBeGreaterThan(normal * 1.5);
  });

  it('begin with sound, not with silence', async () => {
    for (const synthesize of [fliteSynthesize, espeakSynthesize]) {
      const { pcm, rateHz } = await synthesize({ text: SPEECH_TEXT, language: 'en' });
      const first = pcm.findIndex((sample) => Math.abs(sample) > 200);
      expect((first / rateHz) * 1000).toBeLessThan(25);
    }
  });

  it('learn the time that they take', async () => {
    const provider = espeakTts({ clock: systemClock, client: slowClient });
    const before = provider.predictMs(SPEECH_TEXT);
    for (let i = 0; i < 8; i++)
      await collect(await provider.synthesize({ text: SPEECH_TEXT, language: 'en' }, never()));
    expect(provider.predictMs(SPEECH_TEXT)).toBeGreaterThan(before);
  });

  it.each([
    ['de-DE', 'Guten Tag'],
    ['fr', 'Bonjour'],
    ['ja-JP', 'こんにちは'],
    ['ko-KR', '안녕하세요'],
    ['ru', 'здравствуйте'],
    ['es-MX', 'Buenos días'],
    ['yue-CN', '你好'],
    ['zh-HK', '你好'],
    ['zh-TW', '你好'],
    ['pt-PT', 'Bom dia'],
    ['vi', 'Xin chào'],
    ['id', 'Selamat pagi'],
    ['ar', 'مرحبا'],
    ['no', 'God morgen'],
    ['en-GB', 'Good morning'],
  ])('espeak speaks %s', async (language, text) => {
    expect(await seconds(espeakTts({ clock: systemClock, client }), { text, language })).toBeGreaterThan(0.2);
  });

  it('espeak reports a language that it does not speak', async () => {
    const provider = espeakTts({ clock: systemClock, client });
    expect(codeOf(await failureOf(() => provider.synthesize({ text: 'x', language: 'xx' }, never())))).toBe(
      'tts.unavailable',
    );
    expect(codeOf(await failureOf(() => provider.synthesize({ text: 'x', language: '' }, never())))).toBe(
      'tts.unavailable',
    );
  });
});
