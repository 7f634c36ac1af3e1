import { z } from 'zod';
import { text, words } from '../../providers/index.js';

const price = z.number().min(0).max(1e6).optional();
const budget = z.number().min(0).max(1e9).optional();

const costs = z.strictObject({
  prices: z
    .record(
      text(64),
      z.strictObject({
        thousand_characters: price,
        hour: price,
        million_input_tokens: price,
        million_output_tokens: price,
      }),
    )
    .default({})
    .meta({ examples: [{ volcengine: { thousand_characters: 0.5, hour: 1.2 } }] })
    .meta(
      words(
        'Prices of services, by their id in tts.provider, asr.model or llm.preset, in one currency of yours. ' +
          'Chorus knows no prices: without these, amounts are counted and cost nothing.',
        '各服务的价格，按 tts.provider、asr.model 或 llm.preset 里的编号，用同一种货币。Chorus 不知道任何价格：不设置时只计用量，费用为零。',
      ),
    ),
  per_device: budget.meta(
    words(
      'A device that has cost so much on a day of the server gets local voices and ' +
        'recognition, and a sentence in place of answers.',
      '一台设备一天（服务器的日期）花费到这么多之后，改用本机的声音和识别，大模型的回答换成一句说明。',
    ),
  ),
  per_agent: budget.meta(words('The same for all devices of an agent together.', '同上，按一个智能体的全部设备合计。')),
  per_server: budget.meta(words('The same for the whole server.', '同上，按整台服务器合计。')),
});

export const costsSchema = costs
  .prefault({})
  .meta(
    words(
      'Costs of paid services, and when to stop (docs/models.md).',
      '付费服务的花费和上限（docs/models.zh-CN.md）。',
    ),
  )
  .meta({ live: true });
