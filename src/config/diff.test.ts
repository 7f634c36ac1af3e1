import { describe, expect, it } from 'vitest';
import { diffConfigs, withoutSecrets } from './diff.js';
import { configSchema, FIELDS } from './fields.js';

const SECRET = 'sk-0123456789abcdef';

describe('differences between two configurations', () => {
  it('are listed key by key, with masked secrets; order and written-out defaults make no difference', () => {
    const before = configSchema.parse({
      asr: { corrections: { a: 'b', c: 'd' } },
      llm: { api_key: SECRET, base_url: 'http://me:pass@example.org/v1', model: 'm' },
      server: { port: 8000 },
    });
    const after = configSchema.parse({
      llm: { api_key: `${SECRET}2`, prompt: 'Hi.' },
      asr: { corrections: { c: 'd', a: 'b' } },
      server: { port: 9000 },
    });
    const changes = diffConfigs(before, after);
    expect(changes).toEqual([
      { key: 'server.port', before: '8000', after: '9000', secret: false, live: false },
      { key: 'llm.base_url', before: '"http://***@example.org/v1"', after: undefined, secret: false, live: true },
      { key: 'llm.model', before: '"m"', after: undefined, secret: false, live: true },
      { key: 'llm.api_key', before: '***', after: '***', secret: true, live: true },
      { key: 'llm.prompt', before: undefined, after: '"Hi."', secret: false, live: true },
    ]);
    expect(JSON.stringify(changes)).not.toContain(SECRET);
    expect(diffConfigs(before, before)).toEqual([]);
  });

  it('do not show the password in an address, even if the password is longer than the part that is shown', () => {
    const [change] = diffConfigs(
      configSchema.parse({}),
      configSchema.parse({ tts: { openai: { base_url: `https://me:${'p'.repeat(80)}@example.org/v1` } } }),
    );
    expect(change?.after).toBe('"https://***@example.org/v1"');
  });

  it('do not show secrets; withoutSecrets also removes them from the messages of services', () => {
    const config = configSchema.parse({ llm: { api_key: SECRET } });
    expect(withoutSecrets(`bad key ${SECRET}!`, config)).toBe('bad key ***!');
  });

  it('are live if the key is marked as live, or else if its section is', () => {
    const live = (key: string): boolean | undefined => FIELDS.get(key)?.live;
    expect(
      ['llm.api_key', 'llm.fallback.model', 'tts.edge.url', 'vad.patience', 'log.level', 'max_concurrent_sessions'].map(
        live,
      ),
    ).toEqual([true, true, true, true, true, true]);
    expect(
      ['server.port', 'vad.threshold', 'asr.pool_size', 'session.language', 'log.file', 'store.file'].map(live),
    ).toEqual([false, false, false, false, false, false]);
  });
});
