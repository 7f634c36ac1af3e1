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
      // Naming a package is running code.
      'plugins',
    ].filter(isChangeable),
  ).toEqual([]);
});

it('has no changeable key that takes an address without a check', () => {
  const addresses = [...FIELDS.values()]
    .filter(({ key, shape }) => shape.format === 'uri' && isChangeable(key))
    .map(({ key }) => key);
  expect(addresses.length).toBeGreaterThan(0);
  // Told to devices, never asked by the server itself.
  expect(addresses.filter((key) => !addressKeys().has(key))).toEqual(['server.public_url']);
});
