import { describe, expect, it } from 'vitest';
import { findUnit } from '../../../providers/llm/offline/index.js';
import { convertUnits } from './units.js';

const convert = (amount: number, from: string, to: string): unknown =>
  convertUnits.run({ amount, from, to }, undefined as never);

describe('units', () => {
  it.each([
    [26.2, 'miles', 'km', 42.1648],
    [100, '°F', '°C', 37.7778],
    [-40, 'degrees Celsius', 'Fahrenheit', -40],
    [2, 'US cups', 'ml', 473.176],
    [6, 'feet', 'centimetres', 182.88],
    [3, '斤', '公斤', 1.5],
    [1, '亩', '平方米', 666.667],
    [60, 'miles per hour', '公里每小时', 96.5606],
    [1, 'GiB', 'GB', 1.07374],
    [90, 'minutes', '小时', 1.5],
  ])('%d %s are in %s: %d', (amount, from, to, result) =>
    expect(convert(amount, from, to)).toBe(`${amount} ${from} = ${result} ${to}`),
  );

  it('are refused, with the reason, if they do not match or do not exist', () => {
    expect(() => convert(1, 'mile', 'kg')).toThrow('mile is a unit of length, and kg is one of weight');
    expect(() => convert(1, 'parsec', 'km')).toThrow('the unit "parsec" is not known');
    expect(() => convert(1e308, 'GiB', 'bit')).toThrow('too large');
  });

  it('are not confused with properties of objects', () => expect(findUnit('constructor')).toBeUndefined());
});
