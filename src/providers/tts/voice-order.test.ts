import { describe, expect, it } from 'vitest';
import type { VoiceDescriptor } from '../descriptor.js';
import { providers } from '../registry.js';
import type { TtsProvider } from './tts-port.js';
import { voiceOrder, voicesFor } from './voice-order.js';

type Voice = TtsProvider & Pick<VoiceDescriptor, 'automatic'>;

function voice(id: string, languages: readonly string[], local: boolean, more: Partial<Voice> = {}): Voice {
  return {
    id,
    languages,
    local,
    automatic: true,
    predictMs: () => 1,
    synthesize: () => Promise.reject(new Error('not in this test')),
    ...more,
  };
}

const edge = voice('edge', ['zh', 'en', 'ja'], false, { available: () => true });
const lost = voice('edge', ['zh', 'en', 'ja'], false, { available: () => false });
const openai = voice('openai', ['*'], false, { automatic: false });
const mandarin = voice('matcha-zh', ['zh'], true);
const english = voice('kokoro-en', ['en'], true);
const flite = voice('flite', ['en'], true);
const espeak = voice('espeak', ['*'], true, { lastResort: true });
const all = [edge, mandarin, english, flite, espeak, openai];

function ids(installed: readonly Voice[], language: string, provider = 'auto'): string {
  const order = voiceOrder(installed as unknown as readonly VoiceDescriptor[], provider);
  return voicesFor(order as unknown as readonly TtsProvider[], language)
    .map(({ id }) => id)
    .join(' ');
}

describe('the order of voices', () => {
  it.each<[string, readonly Voice[], string, string | undefined, string]>([
    ['Chinese', all, 'zh-CN', undefined, 'edge matcha-zh'],
    ['Chinese, no Mandarin voice yet', [edge, flite, espeak], 'zh-CN', undefined, 'edge espeak'],
    ['Chinese, only espeak installed', [flite, espeak], 'zh-CN', undefined, 'espeak'],
    ['English', all, 'en-US', undefined, 'edge kokoro-en flite'],
    ['English, as installed', [edge, flite, espeak], 'en', undefined, 'edge flite'],
    ['Japanese', all, 'ja', undefined, 'edge espeak'],
    ['a language without an Edge voice', all, 'sw', undefined, 'espeak'],
    ['no voice at all', [edge, flite], 'sw', undefined, ''],
    ['a local voice chosen: no remote voice is used', all, 'en', 'kokoro-en', 'kokoro-en flite'],
    ['Edge chosen by name', all, 'en', 'edge', 'edge kokoro-en flite'],
    ['Edge unreachable', [lost, ...all.slice(1)], 'zh', undefined, 'matcha-zh'],
    ['Edge unreachable, no other voice', [lost, flite], 'ja', undefined, 'edge'],
    ['OpenAI chosen', all, 'zh', 'openai', 'openai edge matcha-zh'],
    ['espeak chosen', all, 'en', 'espeak', 'espeak kokoro-en flite'],
    ['flite chosen, for Chinese', all, 'zh', 'flite', 'matcha-zh'],
    ['a local voice chosen', all, 'zh', 'matcha-zh', 'matcha-zh'],
    ['an unknown voice chosen', all, 'en', 'nobody', 'edge kokoro-en flite'],
  ])('%s', (_, installed, language, provider, expected) => {
    expect(ids(installed, language, provider)).toBe(expected);
  });

  it('tries the built-in voices in their order, and a paid one only if it was chosen', () => {
    const order = (provider: string): readonly string[] => voiceOrder(providers.voices, provider).map(({ id }) => id);
    expect(order('auto')).toEqual(['edge', 'melo-zh-en', 'flite', 'espeak']);
    expect(order('openai')).toEqual(['openai', 'edge', 'melo-zh-en', 'flite', 'espeak']);
    expect(order('flite')).toEqual(['flite', 'melo-zh-en', 'espeak']);
  });
});
