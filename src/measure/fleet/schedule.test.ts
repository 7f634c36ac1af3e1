import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONVERSATION, fleetOptions, SCENARIOS, type FleetOptions } from './run-options.js';
import { planDevice, plannedEndMs, type DevicePlan } from './schedule.js';
import { loadSpeech } from './speech.js';

const speech = await loadSpeech();

function options(over: Partial<FleetOptions>): FleetOptions {
  return fleetOptions({ otaUrl: 'http://127.0.0.1/', devices: 40, durationMs: 120_000, ...over });
}

const all = (run: FleetOptions): DevicePlan[] =>
  Array.from({ length: run.devices }, (_, device) => planDevice(run, speech, device));

describe('the plan of a run', () => {
  it('is equal for equal seeds, differs for other seeds, and does not change when a device is added', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.constantFrom(...SCENARIOS),
        fc.integer({ min: 2, max: 30 }),
        (seed, scenario, devices) => {
          const run = options({ seed, scenario, devices });
          expect(all(run)).toEqual(all(run));
          if (scenario === 'silent' || scenario === 'idle') return;
          expect(all({ ...run, seed: seed + 1 })).not.toEqual(all(run));
          // What a device says depends only on the device. When it arrives depends on the number of devices, too.
          const said = (plan: DevicePlan | undefined): unknown => plan?.turns[0]?.utterance.name;
          expect(said(planDevice({ ...run, devices: devices + 5 }, speech, 1))).toEqual(
            said(planDevice(run, speech, 1)),
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has its turns in order, all after the device has booted and none after the end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.constantFrom(...SCENARIOS), (seed, scenario) => {
        const run = options({ seed, scenario });
        for (const plan of all(run)) {
          let before = plan.bootAt;
          for (const { plannedAt, turn } of plan.turns) {
            expect(plannedAt).toBeGreaterThan(before);
            expect(plannedAt).toBeLessThan(plannedEndMs(run));
            expect(plan.turns[turn]?.plannedAt).toBe(plannedAt);
            before = plannedAt;
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it('makes everybody talk within the given time, after each device has booted', () => {
    const run = options({ warmupMs: 0, beginWithinMs: 4000 });
    const first = all(run).map(({ bootAt, turns }) => ({ bootAt, at: turns[0]?.plannedAt ?? Infinity }));
    expect(Math.max(...first.map(({ at }) => at))).toBe(4000);
    expect(first.filter(({ at }) => at < 2000)).toHaveLength(20);
    for (const { bootAt, at } of first) expect(bootAt).toBeLessThanOrEqual(at);
  });

  it('has turns and interruptions as often as the options say', () => {
    const run = options({ durationMs: 600_000, warmupMs: 15_000 });
    const plans = all(run);
    const turns = plans.flatMap((plan) => plan.turns);
    // A turn has 4 s of speech, 1.5 s to the answer, 5 s of reply and 2 s of pause. An interrupted turn is shorter.
    const perMinute = turns.filter(({ plannedAt }) => plannedAt >= run.warmupMs).length / (run.devices * 10);
    expect(perMinute).toBeGreaterThan(4.6);
    expect(perMinute).toBeLessThan(5.2);
    const interrupted = turns.filter(({ bargeIn }) => bargeIn).length / turns.length;
    expect(Math.abs(interrupted - CONVERSATION.bargeInShare)).toBeLessThan(0.03);
    const speechMs = turns.reduce((sum, { utterance }) => sum + utterance.speechMs, 0) / turns.length;
    expect(Math.abs(speechMs - 4000)).toBeLessThan(200);
  });

  it('has its storms within one second', () => {
    const wake = all(options({ scenario: 'wake-storm', warmupMs: 5000, durationMs: 61_000 }));
    for (const [storm, from] of [5000, 35_000, 65_000].entries()) {
      const starts = wake.map((plan) => plan.turns[storm]?.plannedAt ?? -1);
      expect(Math.min(...starts)).toBeGreaterThanOrEqual(from);
      expect(Math.max(...starts)).toBeLessThan(from + 1000);
    }
    const boot = all(options({ scenario: 'boot-storm', warmupMs: 0 }));
    expect(Math.max(...boot.map(({ bootAt }) => bootAt))).toBeLessThan(100);
    expect(boot.every((plan) => plan.connectAt === plan.bootAt && plan.turns.length === 1)).toBe(true);
    expect(
      all(options({ scenario: 'churn' })).every(
        (plan) => plan.connectAt === undefined && plan.turns.every(({ hangsUp }) => hangsUp),
      ),
    ).toBe(true);
    expect(
      all(options({ scenario: 'long-talker' })).every((plan) =>
        plan.turns.every(({ utterance }) => utterance.speechMs > 11_000),
      ),
    ).toBe(true);
  });
});
