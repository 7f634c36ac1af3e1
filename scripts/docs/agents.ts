import type { UiLanguage } from '../../src/core/index.js';
import { AGENT_FIELD_LIST } from '../../src/records/index.js';

const BEGIN = '<!-- table: written by scripts/docs/agents.ts from src/records/agent.ts -->';
const END = '<!-- end of the table -->';
const HEADINGS: Readonly<Record<UiLanguage, string>> = { en: 'option | what it is', zh: '选项 | 含义' };

/** Fills in the table of an agent's fields in docs/device.md. The text around the table is written by hand. */
export function agentsDocument(language: UiLanguage, text: string): string {
  const [before, rest] = text.split(BEGIN);
  const [, after] = (rest ?? '').split(END);
  if (before === undefined || after === undefined) throw new Error('the page has no place for its table');
  const rows = AGENT_FIELD_LIST.map(([name, { words }]) => {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `| \`--${flag}\` | ${words[language]} |`;
  });
  return `${before}${BEGIN}\n\n| ${HEADINGS[language]} |\n|---|---|\n${rows.join('\n')}\n\n${END}${after}`;
}
