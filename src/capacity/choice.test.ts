import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseSetFlag, type Config } from '../config/index.js';
import type { Hardware } from '../platform/machine/index.js';
import { chooseCapacity, talkingLimit } from './choice.js';
import { costKey, MeasuredCosts } from '../capacity/index.js';

const GB = 1024 ** 3;
const machine = (more: Partial<Hardware> = {}): Hardware => ({
  cores: 2,
  cpuQuota: undefined,
  memoryBytes: 4 * GB,
  ...more,
});

async function configOf(...settings: string[]): Promise<Config> {
  const loaded = await loadConfig({ dataDir: '/nowhere', env: {}, flags: settings.map(parseSetFlag) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.config;
}

async function limitOf(
  hardware: Hardware,
  settings: string[] = [],
  selfTested?: number,
): Promise<[slots: number, talking: number]> {
  const current = await configOf(...settings);
  const choice = chooseCapacity(hardware, { current }, selfTested);
  return [choice.slots, talkingLimit(current, choice)];
}

describe('the choice for a machine', () => {
  it('uses cores, quota and the self-test with auto', async () => {
    expect(await limitOf(machine())).toEqual([2, 9]);
    expect(await limitOf(machine({ cpuQuota: 1.5 }))).toEqual([1, 3]);
    expect(await limitOf(machine({ cores: 8 }))).toEqual([8, 39]);
    expect(await limitOf(machine(), [], 0.04)).toEqual([2, 34]);
    expect(await limitOf(machine(), ['load.target=0.9'], 0.04)).toEqual([2, 38]);
  });

  it('limits cores, memory and devices by a profile, unless a quota is smaller', async () => {
    expect(await limitOf(machine({ cores: 16 }), ['profile=2c4g'], 0.01)).toEqual([1, 1]);
    expect(await limitOf(machine({ cores: 16 }), ['profile=4c8g'], 0.01)).toEqual([2, 2]);
    expect(await limitOf(machine({ cores: 16 }), ['profile=8c16g', 'max_concurrent_sessions=100'], 0.01)).toEqual([
      5, 100,
    ]);
    expect(chooseCapacity(machine({ cpuQuota: 1 }), { current: await configOf('profile=8c16g') })).toMatchObject({
      supplyCores: 1,
      supplyBytes: 4 * GB,
    });
  });

  it('uses only the number if there is no target, and the table if there is neither', async () => {
    expect(await limitOf(machine(), ['load.target=off', 'max_concurrent_sessions=10000'])).toEqual([2, 10_000]);
    expect(await limitOf(machine(), ['load.target=off'])).toEqual([2, 10]);
  });
});

describe('measured costs', () => {
  const fast = { cpu: 'Fast', cores: 4, memoryGb: 8, vnni: true, node: 'v20', os: 'x' };
  const key = costKey(fast, 'asr', 'm', '1.13.0');

  it('are kept in the data folder, by machine and model', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chorus-costs-'));
    try {
      const costs = await MeasuredCosts.load(folder);
      expect(costs.get(key)).toBeUndefined();
      await costs.set(key, 0.05, '2026-01-01T00:00:00.000Z');
      const again = await MeasuredCosts.load(folder);
      expect([again.get(key), again.get(`${key} other`), again.get('toString')]).toEqual([0.05, undefined, undefined]);
      await again.set(key.replace('1.13.0', '1.13.8'), 0.1, '2026-01-01T00:00:00.000Z');
      expect(again.recognition(fast, '1.13.0')).toEqual([{ model: 'm', msPerSpeechSecond: 50 }]);
      expect(again.recognition(fast, '1.14.0')).toEqual([]);
      expect(again.recognition(fast, undefined)).toEqual([]);
      await again.set(costKey(fast, 'asr', 'unknown', undefined), 0.2, '2026-01-01T00:00:00.000Z');
      expect(again.recognition(fast, undefined)).toEqual([{ model: 'unknown', msPerSpeechSecond: 200 }]);
      expect(again.recognition({ ...fast, cores: 8 }, '1.13.0')).toEqual([]);
      for (let i = 0; i < 70; i++) await again.set(`k${i}`, 1, `2026-02-01T00:00:${String(i).padStart(2, '0')}.000Z`);
      expect(
        Object.keys(
          (JSON.parse(await readFile(join(folder, 'measured-costs.json'), 'utf8')) as { costs: object }).costs,
        ),
      ).toHaveLength(64);
      await writeFile(join(folder, 'measured-costs.json'), '{"version": 1, "costs": {"a": {"coreSeconds": -1}}}');
      expect((await MeasuredCosts.load(folder)).get('a')).toBeUndefined();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
