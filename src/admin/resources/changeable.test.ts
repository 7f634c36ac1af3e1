import { expect, it } from 'vitest';
import { FIELDS } from '../../config/index.js';
import { addressKeys, isChangeable } from './changeable.js';

it('changes only existing keys, one at a time, since a whole section would bypass the checks of its keys', () => {
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
      // Naming a package means running its code.
      'plugins',
    ].filter(isChangeable),
  ).toEqual([]);
});

it('contains no key for an address that would be accepted without a check', () => {
  const addresses = [...FIELDS.values()]
    .filter(({ key, shape }) => shape.format === 'uri' && isChangeable(key))
    .map(({ key }) => key);
  expect(addresses.length).toBeGreaterThan(0);
  // Devices are told this address; the server itself never sends requests to it.
  expect(addresses.filter((key) => !addressKeys().has(key))).toEqual(['server.public_url']);
});
