import type { UiLanguage } from '../core/index.js';
import { providers } from '../providers/index.js';
import { ALIASES } from './aliases.js';
import { FIELDS, SECTIONS, type Field } from './fields.js';
import { PAGE_WORDS } from './page-words.js';
import { describeAllowed } from './wording.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function defaultOf(field: Field): string {
  if (field.shape.default === undefined) return '';
  const text = JSON.stringify(field.shape.default);
  return `\`${text}\``;
}

function table(fields: readonly Field[], language: UiLanguage): string[] {
  const words = PAGE_WORDS[language];
  return [
    words.columns,
    '|---|---|---|---|---|',
    ...fields.map(
      (field) =>
        `| \`${field.key}\` | ${cell(defaultOf(field))} | ` +
        `${cell(describeAllowed(field.shape, language))}${field.secret ? words.secret : ''} | ` +
        `${field.live ? words.live : words.restart} | ${cell(field.about[language])} |`,
    ),
    '',
  ];
}

/** Generates docs/configuration.md or docs/configuration.zh-CN.md from the schema. */
export function configurationPage(language: UiLanguage): string {
  const words = PAGE_WORDS[language];
  const all = [...FIELDS.values()];
  const lines = [
    `# ${words.title}`,
    '',
    words.otherLanguage,
    '',
    words.origin,
    '',
    ...words.introduction,
    '',
    words.presets,
    '|---|---|',
    ...providers.presets.map(
      ({ id, key }) =>
        `| \`${id}\` | ` +
        `${key === undefined ? words.needsNone : key.variables.map((name) => `\`${name}\``).join(', ')} ` +
        '|',
    ),
    '',
    ...words.afterPresets,
    '',
    `## ${words.top}`,
    '',
    ...table(
      all.filter((field) => !field.key.includes('.')),
      language,
    ),
  ];
  for (const section of SECTIONS.values()) {
    const fields = all.filter((field) => field.key.slice(0, field.key.lastIndexOf('.')) === section.key);
    const text = section.about[language];
    lines.push(`## ${section.key}`, '', ...(text === '' ? [] : [text, '']), ...table(fields, language));
  }
  const [others = '', understood = ''] = words.others;
  lines.push(
    `## ${others}`,
    '',
    understood,
    '',
    words.othersColumns,
    '|---|---|',
    ...[...ALIASES.values()].map(
      (alias) => `| \`${alias.from}\`${alias.unit === 'seconds' ? words.seconds : ''} | \`${alias.to}\` |`,
    ),
    '',
  );
  return lines.join('\n');
}
