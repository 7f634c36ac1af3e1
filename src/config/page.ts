import type { UiLanguage } from '../core/index.js';
import { aboutInChinese } from './about-zh.js';
import { ALIASES } from './aliases.js';
import { FIELDS, SECTIONS, type Field } from './fields.js';
import { PAGE_WORDS } from './page-words.js';
import { PRESET_KEY_VARIABLES } from './presets.js';
import { describeAllowed } from './wording.js';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
/** The English text stands in for a Chinese one that is not written yet; the compiler and a test ask for it. */
const about = (key: string, english: string, language: UiLanguage): string =>
  language === 'zh' ? (aboutInChinese(key) ?? english) : english;

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
        `| \`${field.key}\` | ${cell(defaultOf(field))} | ${cell(describeAllowed(field.shape, language))}${field.secret ? words.secret : ''} | ${field.live ? words.live : words.restart} | ${cell(about(field.key, field.shape.description ?? '', language))} |`,
    ),
    '',
  ];
}

/** docs/configuration.md or docs/configuration.zh-CN.md, made from the schema so that it cannot be wrong. */
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
    ...Object.entries(PRESET_KEY_VARIABLES).map(
      ([preset, names]) =>
        `| \`${preset}\` | ${names.length === 0 ? words.needsNone : names.map((name) => `\`${name}\``).join(', ')} |`,
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
    const text = about(section.key, section.about, language);
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
