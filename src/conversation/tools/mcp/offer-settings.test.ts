import { describe, expect, it } from 'vitest';
import { isOffered } from './offer-settings.js';
import { readServerFile } from './settings.js';

const read = (accessPoints: unknown) => readServerFile(JSON.stringify({ accessPoints }));
const url = 'wss://api.example/mcp/?token=abc';

describe('the access points in the file', () => {
  it('are offered no tools except those that are named', () => {
    expect(read({ other: { url } })).toEqual({
      servers: [],
      offers: [{ name: 'other', url, tools: [], agent: undefined, language: undefined }],
      mistakes: [],
    });
    expect(read({ a: { url, disabled: true }, b: { url, enabled: false } }).offers).toEqual([]);
    expect(readServerFile('{"mcpServers":{}}').offers).toEqual([]);
  });

  it.each([
    [{}, 'url'],
    [{ url: 'https://api.example/mcp' }, 'ws:// or wss://'],
    [{ url: 'nonsense' }, 'ws:// or wss://'],
    [{ url, tools: 'all' }, 'tools'],
    [{ url, language: 'fr' }, 'language'],
  ])('are reported if they are invalid, and the others are used: %j', (entry, reason) => {
    const { offers, mistakes } = read({ bad: entry, good: { url } });
    expect(offers.map(({ name }) => name)).toEqual(['good']);
    expect(mistakes).toEqual([{ name: 'bad', reason: expect.stringContaining(reason) }]);
  });

  it('are limited in number', () => {
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`n${index}`, { url }]));
    expect(read(many).offers).toHaveLength(8);
    expect(read(many).mistakes).toHaveLength(2);
  });
});

describe('a tool', () => {
  it.each([
    ['get_weather', false, ['get_weather'], true],
    ['get_weather', false, ['get_*'], true],
    ['get_weather', false, ['*'], true],
    ['get_weather', false, [], false],
    ['get_weather', false, ['get'], false],
    ['get_weather', false, ['weather*'], false],
    ['home_unlock', true, ['home_*', '*'], false],
    ['home_unlock', true, ['home_unlock'], true],
  ])('%s (needs a confirmation: %s) with the list %j is offered: %s', (name, confirm, listed, offered) => {
    expect(isOffered({ name, confirm }, listed)).toBe(offered);
  });
});
