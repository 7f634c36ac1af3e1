import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { RateLimiter, Tally, TokenBucket } from '../../platform/inbound/index.js';
import { offsetMinutes, zoneFor } from '../ota/time-zone.js';
import { languageTag } from '../../core/index.js';

describe('rates', () => {
  it('allow a burst, and then refill', async () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, clock);
    expect([1, 2, 3, 4].map(() => bucket.take())).toEqual([true, true, true, false]);
    await clock.advance(500);
    expect([bucket.take(), bucket.take()]).toEqual([true, false]);
    await clock.advance(60_000);
    expect([1, 2, 3, 4].map(() => bucket.take())).toEqual([true, true, true, false]);
  });

  it('are remembered for a bounded number of addresses, longest for the busy ones', () => {
    const limiter = new RateLimiter({ burst: 1, perSecond: 0.001 }, new FakeClock(), 100);
    expect(limiter.exhausted('attacker')).toBe(false);
    expect(limiter.take('attacker')).toBe(true);
    for (let i = 0; i < 5000; i++) {
      limiter.take(`other-${i}`);
      expect(limiter.take('attacker')).toBe(false);
    }
    expect(limiter.exhausted('attacker')).toBe(true);
    expect(limiter.size).toBe(100);
  });

  it('are accompanied by a tally, which counts what was added and not removed, and never falls below 0', () => {
    const tally = new Tally();
    tally.add('a');
    tally.add('a');
    tally.remove('a');
    expect(tally.of('a')).toBe(1);
    tally.remove('a');
    tally.remove('a');
    expect(tally.of('a')).toBe(0);
  });
});

describe('the settings for a device', () => {
  it('use the configured time zone, otherwise that of Shanghai for mainland Chinese devices', () => {
    const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
    for (const [tags, zone] of [
      [['zh-CN', 'zh', 'zh-Hans-CN', 'zh_CN', 'ZH-cn'], 'Asia/Shanghai'],
      [['zh-TW', 'zh-HK', 'en-US', 'ja-JP', ''], machine],
    ] as const)
      for (const tag of tags)
        expect([zoneFor(tag, undefined), zoneFor(tag, 'Europe/Berlin')]).toEqual([zone, 'Europe/Berlin']);
  });

  it('allow for daylight saving, half hours and zones west of UTC', () => {
    const [winter, summer] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 6, 1)];
    expect([offsetMinutes('Europe/Berlin', winter), offsetMinutes('Europe/Berlin', summer)]).toEqual([60, 120]);
    expect(offsetMinutes('Asia/Kolkata', winter)).toBe(330);
    expect(offsetMinutes('America/St_Johns', winter)).toBe(-210);
    expect([offsetMinutes('UTC', winter), offsetMinutes('Nowhere/At_All', winter)]).toEqual([0, 0]);
  });

  it('use the first valid language tag', () => {
    expect(languageTag(undefined, 'zh-CN,zh;q=0.9')).toBe('zh-CN');
    expect(languageTag('x"; drop', '*', 'en')).toBe('en');
    expect(languageTag('', undefined)).toBeUndefined();
  });
});
