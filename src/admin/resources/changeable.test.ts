import { expect, it } from 'vitest';
import { FIELDS } from '../../config/index.js';
import { addressKeys, isChangeable } from './changeable.js';

it('allows only single existing keys, because setting a whole section would bypass the checks of its keys', () => {
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
      // A plug-in package is code that the server would run.
      'plugins',
    ].filter(isChangeable),
  ).toEqual([]);
});

it('lets the page change only addresses that are checked', () => {
  const addresses = [...FIELDS.values()]
    .filter(({ key, shape }) => shape.format === 'uri' && isChangeable(key))
    .map(({ key }) => key);
  expect(addresses.length).toBeGreaterThan(0);
  // Devices are told this address. The server itself never sends requests to it.
  expect(addresses.filter((key) => !addressKeys().has(key))).toEqual(['server.public_url']);
});
