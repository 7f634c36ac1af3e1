import { describe, expect, it } from 'vitest';
import { easterFeast, easterSunday } from './easter.js';

describe('Easter', () => {
  // Dates from the tables of the U.S. Census Bureau and of Meeus. 25 April is the latest possible date, and 22 March
  // the earliest.
  it.each([
    '1818-03-22',
    '1900-04-15',
    '1943-04-25',
    '1954-04-18',
    '1981-04-19',
    '2000-04-23',
    '2008-03-23',
    '2019-04-21',
    '2024-03-31',
    '2025-04-20',
    '2026-04-05',
    '2027-03-28',
    '2038-04-25',
    '2049-04-18',
    '2076-04-19',
    '2100-03-28',
    '2285-03-22',
  ])('is on %s', (date) => {
    expect(new Date(easterSunday(Number(date.slice(0, 4)))).toISOString().slice(0, 10)).toBe(date);
  });

  it('is a Sunday between 22 March and 25 April, in every year from 1900 to 2100', () => {
    for (let year = 1900; year <= 2100; year++) {
      const day = new Date(easterSunday(year));
      expect(day.getUTCDay()).toBe(0);
      const md = (day.getUTCMonth() + 1) * 100 + day.getUTCDate();
      expect(md >= 322 && md <= 425).toBe(true);
    }
  });

  it('determines the dates of the other moving feasts', () => {
    const on = (date: string): string | undefined => easterFeast(Date.parse(date));
    expect(['2026-04-03', '2026-04-05', '2026-04-06', '2026-05-24'].map(on)).toEqual([
      '耶稣受难日',
      '复活节',
      '复活节星期一',
      '圣灵降临节',
    ]);
    expect(['2026-04-04', '2026-04-07', '2026-05-23', '2026-12-25'].map(on)).toEqual(Array(4).fill(undefined));
  });
});
