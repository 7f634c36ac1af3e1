import { expect, it } from 'vitest';
import { LiveConfig, loadConfig, type Config } from '../../config/index.js';
import { asChorusError, noMetrics, silentLogger, systemClock } from '../../core/index.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import type { LlmProvider } from '../../providers/index.js';
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

it('an agent uses the service that it names, or the configured one if that service does not exist', async () => {
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

it('services with the same address and key share a limit of requests per minute, others have none', async () => {
  const config = await configOf(
    'llm.preset=deepseek',
    'llm.api_key=k',
    'llm.max_per_minute=1',
    'llm.services={home: {preset: ollama, model: small}, more: {preset: deepseek, model: other}}',
    'llm.service_keys.more=k',
  );
  const answer = 'data: {"choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  const fetch = (): Promise<Response> =>
    Promise.resolve(new Response(answer, { headers: { 'content-type': 'text/event-stream' } }));
  const clock = new FakeClock();
  const common = { clock, log: silentLogger, metrics: noMetrics, http: { fetch } };
  const model = createLanguageModel(new LiveConfig(config), common);
  const request = { messages: [], tools: [], maxTokens: 10, language: 'en', timeZone: 'UTC' };
  const ask = async (llm: LlmProvider): Promise<string> => {
    try {
      for await (const delta of llm.stream(request, new AbortController().signal)) void delta;
      return 'answered';
    } catch (error) {
      return asChorusError(error).code;
    }
  };
  const asked = [model.current('home'), model.current('home'), model.current(), model.bare(), model.bare('more')];
  const outcomes: string[] = [];
  for (const llm of asked) outcomes.push(await ask(llm));
  const full = 'capacity.queue_timeout';
  expect(outcomes).toEqual(['answered', 'answered', 'answered', full, full]);
});

it('a failing model stays paused when other settings change, and is asked again after a new key is set', async () => {
  const configured = (key: string, ...more: readonly string[]): Promise<Config> =>
    configOf(
      'llm.preset=deepseek',
      `llm.api_key=${key}`,
      'llm.fallback.preset=offline',
      'llm.breaker_failures=1',
      ...more,
    );
  let asked = 0;
  const fetch = (): Promise<Response> => {
    asked += 1;
    return Promise.resolve(new Response('no', { status: 401 }));
  };
  const live = new LiveConfig(await configured('k'));
  const model = createLanguageModel(live, {
    clock: new FakeClock(),
    log: silentLogger,
    metrics: noMetrics,
    http: { fetch },
  });
  const ask = async (): Promise<number> => {
    const request = { messages: [], tools: [], maxTokens: 10, language: 'en', timeZone: 'UTC' };
    for await (const delta of model.current().stream(request, new AbortController().signal)) void delta;
    return asked;
  };
  const change = async (next: Config): Promise<void> => {
    const { signal } = new AbortController();
    (await model.prepare({ now: live.current, next, trial: false, signal }))?.commit();
  };
  expect(await ask()).toBe(1);
  const before = model.current();
  await change(await configured('k', 'llm.temperature=0.1'));
  expect(model.current()).not.toBe(before);
  expect(await ask()).toBe(1);
  await change(await configured('k2'));
  expect(await ask()).toBe(2);
});
