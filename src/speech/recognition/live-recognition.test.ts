import { expect, it, vi } from 'vitest';
import { loadConfig, type Config } from '../../config/index.js';
import { noMetrics, Scope, silentLogger, systemClock } from '../../core/index.js';
import { Circuits, ServiceGates } from '../../providers/index.js';
import { recognizerSettings } from './live-recognition.js';

async function configOf(...settings: readonly (readonly [key: string, text: string])[]): Promise<Config> {
  const flags = settings.map(([key, text]) => ({ flag: '--set', key, text }));
  const loaded = await loadConfig({ dataDir: '/nonexistent', env: {}, flags });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.config;
}

it('keeps the gate of a service if other settings change, and creates a new one if its limits change', async () => {
  const gates = new ServiceGates();
  const of = vi.spyOn(gates, 'of');
  const scope = new Scope('test', () => undefined);
  const circuits = new Circuits(systemClock);
  const context = {
    clock: systemClock,
    log: silentLogger,
    metrics: noMetrics,
    http: { fetch },
    scope,
    gates,
    circuits,
  };
  const groq = [['asr.model', 'groq'] as const, ['asr.groq.api_key', 'k'] as const];
  recognizerSettings(await configOf(...groq), context);
  recognizerSettings(await configOf(...groq, ['asr.groq.max_per_minute', '3']), context);
  recognizerSettings(await configOf(...groq, ['asr.corrections.小只', '小智']), context);
  const made = of.mock.results.map(({ value }) => value as unknown);
  expect(made).toHaveLength(3);
  expect(made[1]).not.toBe(made[0]);
  expect(made[2]).toBe(made[0]);
  await scope.close();
});

it('keeps the open circuit of a failing service if other settings change, but not if its key changes', async () => {
  const circuits = new Circuits(systemClock);
  const scope = new Scope('test', () => undefined);
  const gates = new ServiceGates();
  const context = {
    clock: systemClock,
    log: silentLogger,
    metrics: noMetrics,
    http: { fetch },
    scope,
    gates,
    circuits,
  };
  const isOpen = async (...settings: readonly (readonly [key: string, text: string])[]): Promise<boolean[]> => {
    const { services = [] } = recognizerSettings(await configOf(['asr.model', 'groq'], ...settings), context);
    return services.map((service) => circuits.of(service).open);
  };
  const [groq] =
    recognizerSettings(await configOf(['asr.model', 'groq'], ['asr.groq.api_key', 'k']), context).services ?? [];
  for (let i = 0; i < 3; i++)
    circuits
      .of(groq ?? {})
      .enter()
      ?.failed();
  expect(await isOpen(['asr.groq.api_key', 'k'], ['asr.corrections.小只', '小智'])).toEqual([true]);
  expect(await isOpen(['asr.groq.api_key', 'k2'])).toEqual([false]);
  await scope.close();
});
