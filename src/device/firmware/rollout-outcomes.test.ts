import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FirmwareInstall } from '../../platform/store/index.js';
import { countOutcomes, hasRoom, mustHalt, type RolloutRules } from './rollout-outcomes.js';

const RULES: RolloutRules = { returnMs: 1000, returnShare: 0.7, returnMinDevices: 3, wave: 5 };
const install = (fields: Partial<FirmwareInstall>): FirmwareInstall => ({
  releaseId: '00000001',
  deviceId: 'd',
  fromVersion: '1.0',
  offers: 1,
  offeredMs: 10_000,
  downloads: 0,
  downloadedMs: undefined,
  confirmedMs: undefined,
  returnedMs: undefined,
  ...fields,
});
const count = (installs: readonly FirmwareInstall[], nowMs: number, countedFromMs = 0, steadyFromMs = 0) =>
  countOutcomes(installs, { countedFromMs }, { nowMs, steadyFromMs }, RULES);

describe('outcomes of a release', () => {
  it('count a device as under way until it has come back or its time is over', () => {
    const offered = install({});
    expect(count([offered], 10_999)).toEqual({ confirmed: 0, returned: 0, silent: 0, underWay: 1 });
    // The device never downloaded the release, so its absence says nothing about the release.
    expect(count([offered], 11_000)).toEqual({ confirmed: 0, returned: 0, silent: 0, underWay: 0 });
    const took = install({ downloads: 1, downloadedMs: 10_500 });
    expect(count([took], 11_499)).toMatchObject({ underWay: 1, silent: 0 });
    expect(count([took], 11_500)).toMatchObject({ underWay: 0, silent: 1 });
    expect(count([install({ downloads: 1, downloadedMs: 10_500, confirmedMs: 10_600 })], 99_999)).toMatchObject({
      confirmed: 1,
      silent: 0,
    });
    expect(count([install({ downloads: 1, downloadedMs: 10_500, returnedMs: 10_600 })], 10_700)).toMatchObject({
      returned: 1,
      underWay: 0,
    });
  });

  it('count silence only after a download, and only while the server could hear the device', () => {
    const took = install({ downloads: 1, downloadedMs: 10_500 });
    expect(count([took], 50_999, 0, 50_000)).toMatchObject({ underWay: 1, silent: 0 });
    expect(count([took], 51_000, 0, 50_000)).toMatchObject({ underWay: 0, silent: 1 });
    expect(count([install({})], 50_999, 0, 50_000)).toMatchObject({ underWay: 0, silent: 0 });
  });

  it('treat a time in the future as recorded before the clock was set back', () => {
    const ahead = [install({ offeredMs: 90_000 }), install({ offeredMs: 90_000, downloads: 1, downloadedMs: 90_500 })];
    expect(count(ahead, 50_999, 0, 50_000)).toMatchObject({ underWay: 2, silent: 0 });
    expect(count(ahead, 51_000, 0, 50_000)).toMatchObject({ underWay: 0, silent: 1 });
    // Clocks are corrected now and then, so a time slightly in the future is normal.
    expect(count([install({ downloads: 1, downloadedMs: 10_500 })], 10_400)).toMatchObject({ underWay: 1, silent: 0 });
  });

  it('count a device in its second try as returned until it comes back with the release', () => {
    const again = install({ offers: 2, offeredMs: 20_000, downloads: 1, downloadedMs: 10_500, returnedMs: 10_600 });
    expect(count([again], 20_500)).toEqual({ confirmed: 0, returned: 1, silent: 0, underWay: 0 });
    expect(count([{ ...again, downloads: 2, downloadedMs: 20_100 }], 99_999)).toMatchObject({ returned: 1, silent: 0 });
    expect(
      count([{ ...again, downloads: 2, downloadedMs: 20_100, confirmedMs: 20_400, returnedMs: undefined }], 99_999),
    ).toMatchObject({ confirmed: 1, returned: 0 });
  });

  it('ignore events before an operator resumed the release', () => {
    const before = [
      install({ downloadedMs: 10_500, downloads: 1 }),
      install({ downloadedMs: 10_500, downloads: 1, returnedMs: 10_600 }),
      install({ downloadedMs: 10_500, downloads: 1, confirmedMs: 10_600 }),
    ];
    expect(count(before, 50_000, 20_000)).toEqual({ confirmed: 0, returned: 0, silent: 0, underWay: 0 });
  });

  it('halt the release if too few devices came back, but only after enough outcomes are known', () => {
    const outcomes = { confirmed: 0, returned: 0, silent: 0, underWay: 0 };
    expect(mustHalt({ ...outcomes, silent: 2 }, RULES)).toBe(false);
    expect(mustHalt({ ...outcomes, silent: 2, returned: 1 }, RULES)).toBe(true);
    expect(mustHalt({ ...outcomes, confirmed: 7, silent: 3 }, RULES)).toBe(false);
    expect(mustHalt({ ...outcomes, confirmed: 69, silent: 31 }, RULES)).toBe(true);
    expect(mustHalt({ ...outcomes, silent: 100 }, { ...RULES, returnShare: 0 })).toBe(false);
  });

  it('limit the number of devices under way, and raise the limit to the number of devices that have come back', () => {
    const outcomes = { confirmed: 0, returned: 0, silent: 0, underWay: 0 };
    expect(hasRoom({ ...outcomes, underWay: 4 }, RULES)).toBe(true);
    expect(hasRoom({ ...outcomes, underWay: 5 }, RULES)).toBe(false);
    expect(hasRoom({ ...outcomes, underWay: 5, confirmed: 6 }, RULES)).toBe(true);
  });

  it('count no device twice, and no device that runs the release as a failure', () => {
    const time = fc.integer({ min: 0, max: 30_000 });
    const any = fc.record({
      offeredMs: time,
      downloadedMs: fc.option(time, { nil: undefined }),
      confirmedMs: fc.option(time, { nil: undefined }),
      returnedMs: fc.option(time, { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), time, time, (rows, nowMs, fromMs) => {
        const installs = rows.map((row) => install({ ...row, downloads: row.downloadedMs === undefined ? 0 : 1 }));
        const found = count(installs, nowMs, fromMs);
        expect(found.confirmed + found.returned + found.silent + found.underWay).toBeLessThanOrEqual(installs.length);
        expect(found.returned + found.silent + found.underWay).toBeLessThanOrEqual(
          installs.filter(({ confirmedMs }) => confirmedMs === undefined).length,
        );
      }),
    );
  });
});
