import { isDeepStrictEqual } from 'node:util';
import { both, type Bilingual } from '../../../core/index.js';
import { TOOL_SETTINGS, type ToolSettings } from '../../../providers/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';

const KNOWN = issues('tools', {
  incomplete: {
    severity: 'warning',
    title: both('A tool has settings and lacks one that it needs.', '某个工具有设置，但缺少必需的一项。'),
    cause: both('It is not offered to the language model.', '它不会提供给大模型。'),
    remedy: both(
      'Set what is missing below `tools`, or take its settings away (docs/skills.md).',
      '在 `tools` 下面补上缺少的设置，或去掉它的设置（docs/skills.zh-CN.md）。',
    ),
  },
});

/** Reports the groups of tools that are not offered, and why. */
export function judgeTools(tools: Readonly<Record<string, unknown>>): readonly Finding[] {
  const left: Bilingual[] = [];
  const findings: Finding[] = [];
  for (const group of TOOL_SETTINGS as readonly ToolSettings[]) {
    const settings = group.settings.parse(tools[group.id] ?? {});
    const missing = group.missing(settings);
    if (!missing) continue;
    const why = both(`${group.name.en} (${missing.en})`, `${group.name.zh}（${missing.zh}）`);
    const switchedOff = (settings as { readonly enabled?: boolean }).enabled === false;
    if (switchedOff || isDeepStrictEqual(settings, group.settings.parse({}))) left.push(why);
    else findings.push(found(KNOWN.incomplete, both(`${why.en}.`, `${why.zh}。`)));
  }
  const none = left.length === 0;
  return orOk(
    findings,
    'tools',
    both(
      none ? 'All are offered.' : `Not offered: ${left.map(({ en }) => en).join(', ')}.`,
      none ? '全部提供。' : `未提供：${left.map(({ zh }) => zh).join('、')}。`,
    ),
  );
}

export const toolsCheck: Check = {
  id: 'tools',
  about: both('Built-in tools: which are offered, and why others are not', '内置工具：提供哪些，其他的为什么没有提供'),
  where: 'here',
  issues: Object.values(KNOWN),
  run: (context) => Promise.resolve(judgeTools(context.config.tools)),
};
