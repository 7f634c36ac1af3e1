import { describe, expect, it } from 'vitest';
import { FIELDS } from './fields.js';
import { loadConfig, parseSetFlag, showConfig, type LoadedConfig } from './index.js';
import { PROFILES, profileSettings } from './profiles.js';

async function loadWith(...settings: string[]): Promise<LoadedConfig> {
  const loaded = await loadConfig({
    dataDir: '/nowhere',
    env: { CHORUS_LLM__MAX_WORKERS: '5' },
    flags: settings.map(parseSetFlag),
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded;
}

describe('profiles', () => {
  it('have the numbers in docs/deploy.md', async () => {
    const { config } = await loadWith('profile=4c8g', 'llm.max_workers=2');
    expect(config).toMatchObject({
      max_concurrent_sessions: 2,
      asr: { max_workers: 2 },
      tts: { max_workers: 2 },
      load: { cpu: 3, memory_gb: 6, target: 0.7 },
    });
    expect(PROFILES.map((name) => [...profileSettings(name).values()])).toEqual([
      [1, 1, 1, 1, 1.5, 3],
      [2, 2, 2, 2, 3, 6],
      [4, 4, 4, 4, 6, 12],
    ]);
  });

  it('are overridden by explicit settings, and each value names its origin', async () => {
    const loaded = await loadWith('profile=2c4g', 'max_concurrent_sessions=7');
    expect(loaded.config.max_concurrent_sessions).toBe(7);
    expect(loaded.config.llm.max_workers).toBe(5);
    const shown = showConfig(loaded, 'en');
    expect(shown).toMatch(/^max_concurrent_sessions: 7 # --set max_concurrent_sessions$/m);
    expect(shown).toMatch(/^ {2}cpu: 1\.5 # profile 2c4g$/m);
    expect(showConfig(loaded, 'zh')).toMatch(/^ {2}cpu: 1\.5 # 配置档 2c4g$/m);
  });

  it('set only existing keys, to allowed values; auto sets none', async () => {
    for (const name of PROFILES)
      for (const [key, value] of profileSettings(name))
        expect(FIELDS.get(key)?.schema.safeParse(value).success, key).toBe(true);
    const { config, origins } = await loadWith('profile=auto');
    expect([...origins.keys()].sort()).toEqual(['llm.max_workers', 'profile']);
    expect(config).toMatchObject({ max_concurrent_sessions: 'auto', load: { cpu: 'auto', memory_gb: 'auto' } });
  });
});
