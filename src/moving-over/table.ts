import type { UiLanguage } from '../core/index.js';
import { GENERAL_ROWS, GUIDE_ROWS, MODULES, providerRows, type ProviderRow, type Row } from './mapping/index.js';

const WORDS = {
  en: {
    keys: '| key | becomes | what happens |',
    providers: '| type | becomes | what happens |',
    nothing: '–',
    database: 'the database',
    general: 'Keys of `config.yaml`, `data/.config.yaml` and `sys_params`',
    guide: 'Keys of a guide for several devices (`.config_optimized.yaml`), wherever they stand',
    modules: {
      LLM: 'Language models (`LLM`)',
      TTS: 'Voices (`TTS`)',
      ASR: 'Recognition (`ASR`)',
      VAD: 'Voice activity (`VAD`)',
      Memory: 'Memory (`Memory`)',
      Intent: 'Intent (`Intent`)',
      VLLM: 'Pictures (`VLLM`)',
    },
  },
  zh: {
    keys: '| 原配置项 | 对应 | 处理方式 |',
    providers: '| 类型 | 对应 | 处理方式 |',
    nothing: '–',
    database: '数据库',
    general: '`config.yaml`、`data/.config.yaml` 和 `sys_params` 的配置项',
    guide: '多设备优化指南（`.config_optimized.yaml`）的配置项，不论写在哪里',
    modules: {
      LLM: '大模型（`LLM`）',
      TTS: '语音合成（`TTS`）',
      ASR: '语音识别（`ASR`）',
      VAD: '语音活动检测（`VAD`）',
      Memory: '记忆（`Memory`）',
      Intent: '意图（`Intent`）',
      VLLM: '图像（`VLLM`）',
    },
  },
} as const;

/** Writes the Markdown tables of docs/moving-over.md. */
export function movingOverTable(language: UiLanguage): string {
  const words = WORDS[language];
  const lines = [
    `### ${words.general}`,
    '',
    words.keys,
    '|---|---|---|',
    ...GENERAL_ROWS.map((row) => general(row, language)),
    '',
    `### ${words.guide}`,
    '',
    words.keys,
    '|---|---|---|',
    ...GUIDE_ROWS.map((row) => general(row, language)),
  ];
  for (const module of MODULES) {
    lines.push(
      '',
      `### ${words.modules[module]}`,
      '',
      words.providers,
      '|---|---|---|',
      ...providerRows()
        .filter((row) => row.module === module)
        .map((row) => provider(row, language)),
    );
  }
  return `${lines.join('\n')}\n`;
}

function general(row: Row, language: UiLanguage): string {
  const words = WORDS[language];
  const to = row.to === undefined ? (row.elsewhere && row.secret ? words.database : words.nothing) : codes(row.to);
  return `| \`${row.from}\` | ${to} | ${row.about[language].replaceAll('|', '\\|')} |`;
}

function provider(row: ProviderRow, language: UiLanguage): string {
  const to = row.to === undefined ? WORDS[language].nothing : codes(row.to);
  return `| ${codes(row.types.join(', '))} | ${to} | ${row.about[language].replaceAll('|', '\\|')} |`;
}

function codes(names: string): string {
  return names
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(', ');
}
