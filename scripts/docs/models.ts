import type { UiLanguage } from '../../src/core/index.js';
import { CATALOGUE } from '../../src/engines/index.js';
import { providers, type ProviderRegistry } from '../../src/providers/index.js';

const WORDS = {
  en: {
    voices: ['languages', 'needs', 'sounds', 'tried'],
    auto: ['all', '', 'Edge; a local voice where Edge is out of reach', ''],
    recognisers: ['service', 'text comes', 'variables for the key', 'tried'],
    streams: 'while somebody speaks',
    written: ', from the first words of a sentence on',
    whole: 'after a pause',
    unproven: '*unproven*',
    models: ['service', 'model without `llm.model`', 'variables for the key', 'languages', 'answers'],
    any: 'any',
    asWritten: 'word by word',
    atOnce: 'whole',
    choose: 'none: choose one that you have',
    local: ['what it is', 'download', 'licence'],
    tried: 'tried',
    none: 'none',
    realtime: ['service', 'tools', 'variables for the key', 'tried'],
    yes: 'yes',
    no: 'no',
  },
  zh: {
    voices: ['语言', '需要', '听起来', '验证'],
    auto: ['全部', '', 'Edge；连不上时用本地声音', ''],
    recognisers: ['服务', '何时出文字', '放密钥的环境变量', '验证'],
    streams: '边说边出',
    written: '，句子还没写完就开口',
    whole: '停顿之后',
    unproven: '*未经验证*',
    models: ['服务', '不设 `llm.model` 时的模型', '放密钥的环境变量', '语言', '回答'],
    any: '不限',
    asWritten: '边写边发',
    atOnce: '写完再发',
    choose: '没有：选一个你已有的',
    local: ['说明', '下载', '许可证'],
    tried: '验证',
    none: '无',
    realtime: ['服务', '工具', '放密钥的环境变量', '验证'],
    yes: '能调用',
    no: '不能',
  },
} as const;

const code = (text: string): string => `\`${text}\``;
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

function presetTable(registry: ProviderRegistry, language: UiLanguage): string {
  const words = WORDS[language];
  const rows = registry.presets.map(({ id, about, model, key, languages = ['*'], whole }) => [
    code(id),
    about[language],
    model === undefined ? words.choose : code(model),
    (key?.variables ?? []).map(code).join(', '),
    languages.includes('*') ? words.any : languages.join(', '),
    whole ? words.atOnce : words.asWritten,
  ]);
  return table([code('llm.preset'), ...words.models], rows);
}

/** The tables of docs/models.md as Markdown, each under the name that its marker in the page has. */
export function providerTables(
  language: UiLanguage,
  registry: ProviderRegistry = providers,
): Readonly<Record<'voices' | 'presets' | 'recognisers' | 'models' | 'realtime' | 'speakers', string>> {
  const words = WORDS[language];
  const tried = (unproven: true | undefined): string => (unproven ? words.unproven : '');
  const recognisers = registry.recognitionServices.map(({ id, about, streams, key, unproven }) => [
    code(id),
    about[language],
    streams ? words.streams : words.whole,
    (key?.variables ?? []).map(code).join(', '),
    tried(unproven),
  ]);
  const voices = registry.voices.map(({ id, unproven, streaming, inTable: { languages, needs, sounds } }) => [
    code(id),
    languages[language],
    needs[language],
    streaming ? `${sounds[language]}${words.written}` : sounds[language],
    tried(unproven),
  ]);
  const realtime = registry.realtimeModels.map(({ id, about, tools, key, unproven }) => [
    code(id),
    about[language],
    tools ? words.yes : words.no,
    (key?.variables ?? []).map(code).join(', '),
    tried(unproven),
  ]);
  const local = CATALOGUE.filter(({ kind, hidden }) => kind === 'asr' && hidden !== true)
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ id, about, downloadBytes, licence }) => [
      code(id),
      about[language],
      downloadBytes === 0 ? words.none : `${Math.round(downloadBytes / 1e6)} MB`,
      licence,
    ]);
  const speakers = CATALOGUE.filter(({ kind }) => kind === 'speaker')
    .toSorted((a, b) => b.rank - a.rank)
    .map(({ id, about, downloadBytes, licence }) => [
      code(id),
      about[language],
      `${Math.round(downloadBytes / 1e6)} MB`,
      licence,
      words.unproven,
    ]);
  return {
    speakers: table([code('voiceprint.model'), ...words.local, words.tried], speakers),
    models: table([code('asr.model'), ...words.local], local),
    recognisers: table([code('asr.model'), ...words.recognisers], recognisers),
    realtime: table([code('realtime.services'), ...words.realtime], realtime),
    voices: table([code('tts.provider'), ...words.voices], [[code('auto'), ...words.auto], ...voices]),
    presets: presetTable(registry, language),
  };
}

/**
 * Fills in the tables of docs/models.md between the markers `<!-- providers: NAME -->` and `<!-- end -->`. Throws if
 * the page has no marker for one of the tables.
 */
export function modelsDocument(language: UiLanguage, page: string): string {
  return Object.entries(providerTables(language)).reduce((text, [name, content]) => {
    const place = new RegExp(`(<!-- providers: ${name} -->\n)(?:[^]*?\n)??(<!-- end -->)`);
    if (!place.test(text)) throw new Error(`docs/models has no place for the table of ${name}`);
    return text.replace(place, (_, start: string, end: string) => `${start}${content}\n${end}`);
  }, page);
}
