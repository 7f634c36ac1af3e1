import { describe, expect, it } from 'vitest';
import type { TtsProvider } from './tts-port.js';
import { type InstalledVoices, type VoiceChoice, voiceOrder, voicesFor } from './select.js';

function voice(id: string, languages: readonly string[], local: boolean, available?: boolean): TtsProvider {
  return {
    id,
    languages,
    local,
    predictMs: () => 1,
    ...(available === undefined ? {} : { available: () => available }),
    synthesize: () => Promise.reject(new Error('not in this test')),
  };
}

const edge = voice('edge', ['zh', 'en', 'ja'], false, true);
const lost = voice('edge', ['zh', 'en', 'ja'], false, false);
const openai = voice('openai', ['*'], false);
const mandarin = voice('matcha-zh', ['zh'], true);
const english = voice('kokoro-en', ['en'], true);
const flite = voice('flite', ['en'], true);
const espeak = voice('espeak', ['*'], true);

const ids = (installed: InstalledVoices, language: string, choice: VoiceChoice = { provider: 'auto' }): string =>
  voicesFor(voiceOrder(installed, choice), language)
    .map((provider) => provider.id)
    .join(' ');

describe('who speaks', () => {
  const all = { edge, openai, neural: [mandarin, english], flite, espeak };
  it.each<[string, InstalledVoices, string, VoiceChoice | undefined, string]>([
    ['Chinese', all, 'zh-CN', undefined, 'edge matcha-zh'],
    ['Chinese, no Mandarin voice yet', { edge, flite, espeak }, 'zh-CN', undefined, 'edge espeak'],
    ['Chinese, nothing but espeak', { flite, espeak }, 'zh-CN', undefined, 'espeak'],
    ['English', all, 'en-US', undefined, 'edge kokoro-en flite'],
    ['English, as installed', { edge, flite, espeak }, 'en', undefined, 'edge flite'],
    ['Japanese', all, 'ja', undefined, 'edge espeak'],
    ['a language that Edge has not', all, 'sw', undefined, 'espeak'],
    ['no voice at all', { edge, flite }, 'sw', undefined, ''],
    ['offline', all, 'en', { provider: 'auto', offline: true }, 'kokoro-en flite'],
    ['offline, Edge chosen by name', all, 'en', { provider: 'edge', offline: true }, 'edge kokoro-en flite'],
    ['Edge out of reach', { ...all, edge: lost }, 'zh', undefined, 'matcha-zh'],
    ['Edge out of reach and nobody else', { edge: lost, flite }, 'ja', undefined, 'edge'],
    ['OpenAI chosen', all, 'zh', { provider: 'openai' }, 'openai edge matcha-zh'],
    ['espeak chosen', all, 'en', { provider: 'espeak' }, 'espeak edge kokoro-en flite'],
    ['flite chosen, for Chinese', all, 'zh', { provider: 'flite' }, 'edge matcha-zh'],
    ['a local voice chosen', all, 'zh', { provider: 'matcha-zh' }, 'matcha-zh edge'],
    ['something unknown chosen', all, 'en', { provider: 'nobody' }, 'edge kokoro-en flite'],
  ])('%s', (_, installed, language, choice, expected) => {
    expect(ids(installed, language, choice)).toBe(expected);
  });
});
