import { z } from 'zod';
import { findUnit, type Unit } from '../../../providers/llm/offline/index.js';
import { defineTool } from '../tool.js';
import { toolFailed } from '../tool-errors.js';

/** Converts in the model's place, because language models invent factors and confuse US and imperial measures. */
export const convertUnits = defineTool({
  name: 'convert_units',
  words: {
    en: 'Converts an amount from one unit to another: length, area, volume, weight, temperature, speed, time, data.',
    zh: '换算单位：长度、面积、体积、重量、温度、速度、时间、数据量。',
  },
  input: z.object({
    amount: z.number(),
    from: z.string().max(40).meta({ en: 'Unit, e.g. mile, °F, US cup, 斤', zh: '单位，如 英里、华氏度、斤、亩' }),
    to: z.string().max(40).meta({ en: 'Unit, e.g. km, °C, ml', zh: '单位，如 公里、摄氏度、克' }),
  }),
  effects: 'none',
  anywhere: true,
  run({ amount, from, to }) {
    const [source, target] = [known(from), known(to)];
    if (source.kind !== target.kind)
      throw toolFailed(({ units }) => units.differ(from, units.kinds[source.kind], to, units.kinds[target.kind]));
    const base = amount * source.factor + (source.offset ?? 0);
    const result = (base - (target.offset ?? 0)) / target.factor;
    if (!Number.isFinite(result)) throw toolFailed(({ units }) => units.tooLarge);
    return `${amount} ${from.trim()} = ${Number(result.toPrecision(6))} ${to.trim()}`;
  },
});

function known(name: string): Unit {
  const unit = findUnit(name);
  if (!unit) throw toolFailed(({ units }) => units.unknown(JSON.stringify(name)));
  return unit;
}
