import { expect, it } from 'vitest';
import { FIELDS } from '../../config/index.js';
import { addressKeys, isChangeable } from './changeable.js';

it('allows only existing keys, one at a time, because a whole section would bypass the checks of its keys', () => {
  expect(['llm.base_url', 'llm.fallback.api_key', 'tts.voice', 'log.level'].map(isChangeable)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(
    [
      'llm',
      'llm.fallback',
      'tts.openai',
      'llm.no_such_key',
      'no_such_section.key',
      '',
      '__proto__',
      'llm.__proto__',
      // A named package is code that the server runs.
      'plugins',
    ].filter(isChangeable),
  ).toEqual([]);
});

it('lists no key for an address without a check of that address', () => {
  const addresses = [...FIELDS.values()]
    .filter(({ key, shape }) => shape.format === 'uri' && isChangeable(key))
    .map(({ key }) => key);
  expect(addresses.length).toBeGreaterThan(0);
  // Devices are told this address; the server itself never sends requests to it.
  expect(addresses.filter((key) => !addressKeys().has(key))).toEqual(['server.public_url']);
});
