import { expect, it } from 'vitest';
import { configSchema, type Config } from '../../config/index.js';
import { keysLedAway } from './key-for-address.js';

const configOf = (sections: Readonly<Record<string, unknown>>): Config => configSchema.parse(sections);
const led = (
  set: Readonly<Record<string, unknown>>,
  sections: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): readonly string[] => keysLedAway(new Map(Object.entries(set)), configOf(sections), env);
const ELSEWHERE = 'https://elsewhere.example/v1';
const OWN = { llm: { base_url: 'https://own.example/v1', api_key: 'key-of-own' } };

it('refuses to send a configured key to an address that it was not configured for', () => {
  expect(led({ 'llm.base_url': ELSEWHERE }, OWN)).toEqual(['llm.base_url']);
  expect(led({ 'llm.base_url': ELSEWHERE }, { llm: { preset: 'glm', api_key: 'key-of-glm' } })).toEqual([
    'llm.base_url',
  ]);
  expect(led({ 'llm.fallback.base_url': ELSEWHERE }, { llm: { fallback: { preset: 'glm', api_key: 'k' } } })).toEqual([
    'llm.fallback.base_url',
  ]);
  expect(led({ 'tts.openai.base_url': ELSEWHERE }, { tts: { openai: { api_key: 'key-of-speech' } } })).toEqual([
    'tts.openai.base_url',
  ]);
});

it('refuses to send a key from a vendor’s variable to a foreign address, set in one step or in several', () => {
  const env = { OPENAI_API_KEY: 'key-of-the-environment' };
  expect(led({ 'llm.preset': 'openai', 'llm.base_url': ELSEWHERE }, {}, env)).toEqual(['llm.base_url']);
  expect(led({ 'llm.preset': 'openai', 'llm.base_url': ELSEWHERE, 'llm.api_key': null }, OWN, env)).toEqual([
    'llm.base_url',
  ]);
  const theirs = { llm: { base_url: ELSEWHERE, api_key: 'anything' } };
  expect(led({ 'llm.preset': 'openai', 'llm.api_key': null }, theirs, env)).toEqual(['llm.api_key']);
  expect(led({ 'llm.preset': 'openai' }, { llm: { base_url: ELSEWHERE } }, env)).toEqual(['llm.preset']);
  expect(led({ 'tts.provider': 'openai' }, { tts: { openai: { base_url: ELSEWHERE } } }, env)).toEqual([
    'tts.provider',
  ]);
});

it('allows an address with its own key, an address if no key is set, the vendor’s address, and other settings', () => {
  expect(led({ 'llm.base_url': ELSEWHERE, 'llm.api_key': 'its-own-key' }, OWN)).toEqual([]);
  expect(led({ 'llm.base_url': ELSEWHERE, 'llm.api_key': null }, OWN)).toEqual([]);
  expect(led({ 'llm.base_url': ELSEWHERE }, {}, { OPENAI_API_KEY: 'not of this preset' })).toEqual([]);
  expect(
    led({ 'llm.preset': 'glm', 'llm.base_url': null, 'llm.api_key': null }, OWN, { ZHIPUAI_API_KEY: 'k' }),
  ).toEqual([]);
  expect(led({ 'llm.base_url': 'https://own.example/v1/', 'llm.model': 'm' }, OWN)).toEqual([]);
  expect(
    led(
      { 'llm.preset': 'openai', 'tts.provider': 'openai' },
      { llm: { preset: 'openai', api_key: 'e' } },
      { OPENAI_API_KEY: 'e' },
    ),
  ).toEqual([]);
  expect(led({ 'session.language': 'zh-CN' }, OWN)).toEqual([]);
});
