import { isDeepStrictEqual } from 'node:util';
import { type Bilingual } from '../../../core/index.js';
import { TOOL_SETTINGS, type ToolSettings } from '../../../providers/index.js';
import type { Check } from '../check.js';
import { issues, type Finding, found, orOk } from '../finding.js';
import { toolsWords } from '../words/tools.js';

const KNOWN = issues('tools', toolsWords.issues, { incomplete: 'warning' });

export function judgeTools(tools: Readonly<Record<string, unknown>>): readonly Finding[] {
  const left: Bilingual[] = [];
  const findings: Finding[] = [];
  for (const group of TOOL_SETTINGS as readonly ToolSettings[]) {
    const settings = group.settings.parse(tools[group.id] ?? {});
    const missing = group.missing(settings);
    if (!missing) continue;
    const why = toolsWords.why(group.name, missing);
    const switchedOff = (settings as { readonly enabled?: boolean }).enabled === false;
    if (switchedOff || isDeepStrictEqual(settings, group.settings.parse({}))) left.push(why);
    else findings.push(found(KNOWN.incomplete, toolsWords.incomplete(why)));
  }
  return orOk(findings, 'tools', left.length === 0 ? toolsWords.allOffered : toolsWords.notOffered(left));
}

export const toolsCheck: Check = {
  id: 'tools',
  about: toolsWords.about,
  where: 'here',
  issues: Object.values(KNOWN),
  run: (context) => Promise.resolve(judgeTools(context.config.tools)),
};
