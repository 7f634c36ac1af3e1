import type { UiLanguage } from '../../core/index.js';

const en = {
  help: {
    days: 'today and so many days before it, at most 400',
    after: `
Services with a key are counted: characters spoken, seconds recognised, tokens of the language model.
What they cost is known where costs.prices says so.

Example:
  chorus costs --days 30`,
  },
  none: 'No service with a key was used.',
  heads: ['day', 'device', 'service', 'used', 'cost'],
  units: { characters: 'characters', audio_ms: 's', input_tokens: 'tokens read', output_tokens: 'tokens written' },
  all: 'in all',
};

const zh: typeof en = {
  help: {
    days: '今天和之前的天数，最多 400',
    after: `
统计带密钥的服务：念出的字符、识别的秒数、大模型的 token。
设置了 costs.prices 的才知道费用。

示例：
  chorus costs --days 30`,
  },
  none: '没有用过带密钥的服务。',
  heads: ['日期', '设备', '服务', '用量', '费用'],
  units: { characters: '字符', audio_ms: '秒', input_tokens: 'token（读入）', output_tokens: 'token（写出）' },
  all: '合计',
};

export const costsWords: Readonly<Record<UiLanguage, typeof en>> = { en, zh };
