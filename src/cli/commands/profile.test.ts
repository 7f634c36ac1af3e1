import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { conversationKey, costKey, MeasuredCosts } from '../../capacity/index.js';
import { PINNED_SHERPA } from '../../engines/index.js';
import type { UiLanguage } from '../../core/index.js';
import { describeMachine } from '../../platform/machine/index.js';
import { MESSAGES } from '../words/index.js';
import { showProfiles } from './profile.js';

let data = '';
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'chorus-profile-'));
});
afterEach(() => rm(data, { recursive: true }));

async function printed(language: UiLanguage, set: readonly string[], json = false): Promise<string> {
  let text = '';
  const out = (more: string): void => void (text += more);
  const context = {
    language,
    words: MESSAGES[language],
    env: {},
    clock: new FakeClock(),
    out,
    err: out,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
  };
  await showProfiles({ data, set, ...(json && { json }) }, context);
  return text;
}

describe('chorus profile', () => {
  it('shows the machine, the present settings, the automatic settings, and those of each profile', async () => {
    const text = await printed('en', ['profile=2c4g']);
    expect(text).toMatch(/This machine +\d+ cores? \(/);
    expect(text).toMatch(
      /In force +2c4g: up to 1 device at once \((1|1\.5) cores?, [\d.]+ GB, 1 CPU slot; as configured\)/,
    );
    expect(text).toMatch(
      new RegExp(
        String.raw`auto +auto: up to \d+ devices? at once .*` +
          'by a careful table until this machine is measured, up to 70 % of the CPU',
      ),
    );
    expect(text).toMatch(/2c4g +1 device, 1 worker each .*1\.5 cores, 3 GB.*chosen/);
    expect(text).toMatch(/8c16g +4 devices, 4 workers each .*6 cores, 12 GB/);
    for (const name of ['2c4g', '4c8g', '8c16g'])
      expect(text).toMatch(new RegExp(`${name} .*auto within these limits: \\d+ devices`));
    expect(text).toContain('The self-test has not run here yet');
    expect(text).toMatch(/Recognition +sherpa-onnx 1\.13\.0, ONNX Runtime 1\.24\.4\n/);
  });

  it('shows what recognition costs on this machine with the present runtime', async () => {
    const key = costKey(describeMachine(), 'asr', 'moonshine-tiny-en', PINNED_SHERPA);
    await (await MeasuredCosts.load(data)).set(key, 0.0321, '2026-01-01T00:00:00.000Z');
    expect(await printed('en', [])).toContain('; moonshine-tiny-en: 32.1 ms of CPU a second of speech\n');
    expect(await printed('zh', [])).toContain('；moonshine-tiny-en：每秒语音 CPU 32.1 毫秒\n');
    expect(JSON.parse(await printed('en', [], true))).toMatchObject({
      speech: {
        runtime: { version: PINNED_SHERPA, onnxRuntime: '1.24.4' },
        recognition: [{ model: 'moonshine-tiny-en', msPerSpeechSecond: 32.1 }],
      },
    });
  });

  it('shows the results of the self-test on this machine', async () => {
    await (await MeasuredCosts.load(data)).set(conversationKey(describeMachine()), 0.02, '2026-01-01T00:00:00.000Z');
    const json = JSON.parse(await printed('en', [], true)) as {
      selfTested: boolean;
      auto: { talking: number; source: string; costCores: number; supplyCores: number };
      profiles: { fits: boolean; autoWithin: { talking: number; extrapolated: boolean } }[];
    };
    // The limit is at most 70 % of the profile's cores, divided by 0.02 core per conversation. With 1.5 cores there is
    // only one slot, which lowers the number.
    for (const [i, cores] of [1.5, 3, 6].entries()) {
      const { fits, autoWithin } = json.profiles[i] ?? { fits: true, autoWithin: { talking: 0, extrapolated: true } };
      expect(autoWithin.extrapolated).toBe(!fits);
      expect(autoWithin.talking).toBeLessThanOrEqual((0.7 * cores) / 0.02);
      expect(autoWithin.talking).toBeGreaterThanOrEqual((0.45 * cores) / 0.02);
    }
    expect(json).toMatchObject({ selfTested: true, auto: { source: 'self_test', costCores: 0.02 } });
    expect(json.auto.talking).toBe(Math.floor((0.7 * json.auto.supplyCores - 0.02) / 0.02));
    expect(await printed('zh', [])).toMatch(/当前生效 +auto：最多 \d+ 台同时对话.*按本机自测/);
  });

  it('says so if load is not measured', async () => {
    expect(await printed('zh', ['load.target=off', 'max_concurrent_sessions=3'])).toMatch(
      /当前生效 +auto：最多 3 台.*不看负载/,
    );
  });
});
