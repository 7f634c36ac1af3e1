import { expect, it } from 'vitest';
import { LiveConfig, loadConfig, type Config } from '../../config/index.js';
import { noMetrics, silentLogger, systemClock } from '../../core/index.js';
import { createLanguageModel } from './language-model.js';

async function configOf(...settings: readonly string[]): Promise<Config> {
  const flags = settings.map((text) => ({
    flag: '--set',
    key: text.split('=')[0] ?? '',
    text: text.split('=')[1] ?? '',
  }));
  const loaded = await loadConfig({ dataDir: '/nonexistent', env: {}, flags });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.config;
}

it('an agent uses the service of its name, or the configured one if it has none or it is gone', async () => {
  const fast = 'llm.services={fast: {preset: deepseek, model: small}}';
  const now = await configOf(fast, 'llm.service_keys.fast=k');
  const live = new LiveConfig(now);
  const common = { clock: systemClock, log: silentLogger, metrics: noMetrics, http: { fetch } };
  const model = createLanguageModel(live, common);
  expect(model.current('fast').id).toBe('deepseek:small');
  expect([model.current().id, model.current('gone').id]).toEqual(['offline', 'offline']);
  const before = model.current();
  const { signal } = new AbortController();
  const prepare = (next: Config): ReturnType<typeof model.prepare> =>
    model.prepare({ now, next, trial: false, signal });
  expect(await prepare(await configOf(fast, 'llm.service_keys.fast=k'))).toBeUndefined();
  const change = await prepare(await configOf('llm.services={fast: {preset: deepseek, model: other}}'));
  change?.commit();
  expect(model.current('fast').id).toBe('deepseek:other');
  expect(model.current()).toBe(before);
});
