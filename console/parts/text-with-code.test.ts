import { expect, it } from 'vitest';
import { sentence } from './text-with-code.js';

it.each([
  ['no device has this code', 'No device has this code'],
  ['llm.base_url: not an address', 'llm.base_url: not an address'],
  ['`npx chorus setup` helps', '`npx chorus setup` helps'],
  ['127.0.0.1 is not asked', '127.0.0.1 is not asked'],
  ['配对码不对', '配对码不对'],
  ['', ''],
])('%j is shown as %j', (text, shown) => expect(sentence(text)).toBe(shown));
