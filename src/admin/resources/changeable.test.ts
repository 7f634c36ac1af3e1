import { expect, it } from 'vitest';
import { FIELDS, isReference } from '../../config/index.js';
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
      // Nothing checks what these lead to.
      'llm.services',
      'llm.service_keys',
      'tts.aliyun-nls.token_url',
    ].filter(isChangeable),
  ).toEqual([]);
});

it('lets the page change only addresses that are checked', () => {
  const addresses = [...FIELDS.values()]
    .filter(({ key, shape }) => JSON.stringify(shape).includes('"uri"') && isChangeable(key))
    .map(({ key }) => key);
  expect(addresses.length).toBeGreaterThan(0);
  // Devices are told this address. The server itself never sends requests to it.
  expect(addresses.filter((key) => !addressKeys().has(key))).toEqual(['server.public_url']);
});

it('sees a reference to a file or a variable also inside a value', () => {
  const references = ['file:/etc/passwd', { own: 'env:PATH' }, [['file:x']]];
  expect([...references, null, 'a file:', { own: 'key' }].filter(isReference)).toEqual(references);
});

it('takes as address for tokens only the vendor’s hosts and this machine', () => {
  const schema = FIELDS.get('tts.aliyun-nls.token_url')?.schema;
  const taken = [
    'https://nls-meta.ap-southeast-1.aliyuncs.com/',
    'http://127.0.0.1:8080/',
    'http://127.0.0.1:x@evil.example/',
    'http://127.0.0.1.evil.example/',
    'https://nls-meta.evil.example/',
  ].filter((url) => schema?.safeParse(url).success);
  expect(taken).toEqual(['https://nls-meta.ap-southeast-1.aliyuncs.com/', 'http://127.0.0.1:8080/']);
});
