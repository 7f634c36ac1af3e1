import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolWorld } from '../../../../test/fakes/tool-world.js';

describe('dates', () => {
  let world: ToolWorld;
  beforeEach(async () => void (world = await ToolWorld.open({ startWallMs: Date.UTC(2026, 10, 25, 20) })));
  afterEach(() => world.close());

  it('are told with the lunar calendar and festivals, at the place of the device', async () => {
    world.language = 'zh-CN';
    expect(await world.says('get_date_info')).toBe('2026年11月26日星期四，农历丙午年（马年）十月十八，感恩节');
    expect(await world.says('get_date_info', { date: '2027-02-06' })).toContain('正月初一，春节');
    expect(await world.says('get_date_info', { date: '2033-12-22' })).toContain('闰冬月初一');
    expect(await world.says('get_date_info', { festival: '中秋节' })).toMatch(/^2027年9月15日星期三.*（还有 293 天）$/);
    expect(await world.says('get_date_info', { festival: '冬至' })).toContain('2026年12月22日');
  });

  it('speak English', async () => {
    expect(await world.says('get_date_info', { date: '2027-02-06' })).toBe(
      'Saturday, February 6, 2027; Chinese lunar calendar: month 1, day 1; 春节',
    );
    expect(await world.says('get_date_info', { festival: 'Spring Festival' })).toContain('February 6, 2027');
    expect(await world.says('get_date_info', { festival: 'Thing Day' })).toContain('no festival');
    expect(await world.says('get_date_info', { date: '2027-02-30-1' })).toContain('wrong arguments');
  });
});
