import type { UiLanguage } from '../../src/core/index.js';
import { providers, type ProviderRegistry } from '../../src/providers/index.js';

const WORDS = {
  en: {
    voices: ['languages', 'needs', 'sounds'],
    auto: ['all', '', 'Edge; a local voice where Edge is out of reach'],
    models: ['service', 'model without `llm.model`', 'variables for the key'],
    choose: 'none: choose one that you have',
  },
  zh: {
    voices: ['语言', '需要', '听起来'],
    auto: ['全部', '', 'Edge；连不上时用本地声音'],
    models: ['服务', '不设 `llm.model` 时的模型', '放密钥的环境变量'],
    choose: '没有：选一个你已有的',
  },
} as const;

const code = (text: string): string => `\`${text}\``;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

/** The tables of docs/models.md, as Markdown, by the name of their place in it. */
export function providerTables(
  language: UiLanguage,
  registry: ProviderRegistry = providers,
): Readonly<Record<'voices' | 'presets', string>> {
  const words = WORDS[language];
  const voices = registry.voices.map(({ id, inTable: { languages, needs, sounds } }) => [
    code(id),
    languages[language],
    needs[language],
    sounds[language],
  ]);
  const presets = registry.presets.map(({ id, about, model, key }) => [
    code(id),
    about[language],
    model === undefined ? words.choose : code(model),
    (key?.variables ?? []).map(code).join(', '),
  ]);
  return {
    voices: table([code('tts.provider'), ...words.voices], [[code('auto'), ...words.auto], ...voices]),
    presets: table([code('llm.preset'), ...words.models], presets),
  };
}

/** docs/models.md with the tables in their places: between `<!-- providers: NAME -->` and `<!-- end -->`. */
export function modelsDocument(language: UiLanguage, page: string): string {
  return Object.entries(providerTables(language)).reduce(
    (text, [name, content]) =>
      text.replace(
        new RegExp(`(<!-- providers: ${name} -->\n)[^]*?(\n<!-- end -->)`),
        (_, start: string, end: string) => start + content + end,
      ),
    page,
  );
}
