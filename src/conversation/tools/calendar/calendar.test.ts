import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ToolWorld } from '../../../../test/fakes/tool-world.js';
import { ENGLISH_NAMES } from './festivals.js';

describe('the calendar', () => {
  let world: ToolWorld;
  beforeEach(async () => void (world = await ToolWorld.open({ startWallMs: Date.UTC(2026, 10, 25, 20) })));
  afterEach(() => world.close());

  it('tells lunar dates and festivals for the date in the time zone of the device', async () => {
    world.language = 'zh-CN';
    expect(await world.says('get_date_info')).toBe('2026年11月26日星期四，农历丙午年（马年）十月十八，感恩节');
    expect(await world.says('get_date_info', { date: '2027-02-06' })).toContain('正月初一，春节');
    expect(await world.says('get_date_info', { date: '2033-12-22' })).toContain('闰冬月初一');
    expect(await world.says('get_date_info', { festival: '中秋节' })).toMatch(/^2027年9月15日星期三.*（还有 293 天）$/);
    expect(await world.says('get_date_info', { festival: '复活节' })).toMatch(/^2027年3月28日星期日.*，复活节（/);
    expect(await world.says('get_date_info', { festival: '冬至' })).toContain('2026年12月22日');
  });

  it('answers in English', async () => {
    expect(await world.says('get_date_info', { date: '2027-02-06' })).toBe(
      'Saturday, February 6, 2027; Chinese lunar calendar: month 1, day 1; Spring Festival',
    );
    expect(await world.says('get_date_info', { festival: 'Spring Festival' })).toContain('February 6, 2027');
    expect(await world.says('get_date_info', { festival: 'Thing Day' })).toContain('no festival');
    expect(await world.says('get_date_info', { date: '2027-02-30-1' })).toContain('wrong arguments');
    expect(await world.says('get_date_info', { date: '2028-2-29' })).toContain('Tuesday, February 29, 2028');
    for (const date of ['2026-02-31', '2026-13-01', '2026-00-10', '2026-04-00', '2027-02-29', '0050-01-01'])
      expect(await world.says('get_date_info', { date })).toContain('a date is a day that exists');
  });

  it('uses no Chinese characters in English, on any day of two years', async () => {
    const named: string[] = [];
    for (let day = Date.UTC(2026, 0, 1); day < Date.UTC(2028, 0, 1); day += 86_400_000) {
      const said = await world.says('get_date_info', { date: new Date(day).toISOString().slice(0, 10) });
      expect(said).not.toMatch(/\p{Script=Han}/u);
      named.push(...(said.split('; ')[2]?.split(', ') ?? []));
    }
    const english = Object.values(ENGLISH_NAMES).map(([name]) => name);
    expect([...new Set(named)].sort()).toEqual(english.sort());
  });

  it.each([
    ['Qixi', 'August 8, 2027', 'Qixi Festival'],
    ['winter solstice', 'December 22, 2026', 'Winter Solstice'],
    ["Mother's Day", 'May 9, 2027', "Mother's Day"],
    ['Father’s Day', 'June 20, 2027', "Father's Day"],
    ['thanksgiving day', 'November 26, 2026', 'Thanksgiving'],
    ['Easter', 'March 28, 2027', 'Easter Sunday'],
    ['good friday', 'March 26, 2027', 'Good Friday'],
    ['easter monday', 'March 29, 2027', 'Easter Monday'],
    ['whitsun', 'May 16, 2027', 'Pentecost'],
    ['halloween', 'October 31, 2027', 'Halloween'],
    ['Moon Festival', 'September 15, 2027', 'Mid-Autumn Festival'],
    ['中秋', 'September 15, 2027', 'Mid-Autumn Festival'],
    ['tomb sweeping day', 'April 5, 2027', 'Qingming Festival'],
  ])('%s is found, and named in English', async (festival, day, name) => {
    const said = await world.says('get_date_info', { festival });
    expect(said).toContain(day);
    expect(said).toContain(`; ${name}`);
  });
});
