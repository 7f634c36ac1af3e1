import { z } from 'zod';
import { understandSum } from '../../../providers/llm/offline/index.js';
import { defineTool } from '../tool.js';
import { toolFailed } from '../tool-errors.js';

/** Calculates in the model's place, because language models are unreliable with numbers of more than a few digits. */
export const calculate = defineTool({
  name: 'calculate',
  words: {
    en: 'Works out a sum exactly. Use it for every calculation that is not trivial.',
    zh: '精确计算一个算式。凡是不简单的计算都用它。',
  },
  input: z.object({
    expression: z.string().max(160).meta({
      en: 'Numbers with + - * / ^ % ( ) and sqrt, e.g. (12.5 + 3) * 4 or 15% * 80',
      zh: '由数字和 + - * / ^ % ( ) sqrt 组成，如 (12.5 + 3) * 4 或 15% * 80',
    }),
  }),
  effects: 'none',
  anywhere: true,
  run({ expression }) {
    const sum = understandSum(
      expression
        .toLowerCase()
        .replaceAll('**', '^')
        .replace(/sqrt|√/g, ' square root of '),
    );
    if (!sum) throw toolFailed(({ sums }) => sums.none);
    const { result } = sum;
    if (result.ok) return `${expression.trim()} = ${Number(result.value.toPrecision(15))}`;
    throw toolFailed(({ sums }) => sums[result.why]);
  },
});
