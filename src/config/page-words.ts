import type { UiLanguage } from '../core/index.js';

/** The sentences of docs/configuration.md and docs/configuration.zh-CN.md. The tables come from the schema. */
interface PageWords {
  readonly title: string;
  readonly otherLanguage: string;
  readonly origin: string;
  /** Paragraphs before the table of the variables that presets use. */
  readonly introduction: readonly string[];
  readonly presets: string;
  readonly needsNone: string;
  readonly afterPresets: readonly string[];
  readonly top: string;
  readonly columns: string;
  readonly secret: string;
  readonly live: string;
  readonly restart: string;
  readonly others: readonly string[];
  readonly othersColumns: string;
  readonly seconds: string;
}

const EN: PageWords = {
  title: 'Configuration',
  otherLanguage: '[中文](configuration.zh-CN.md)',
  origin: '<!-- Written by `npm run docs` from src/config/. Change it there. -->',
  introduction: [
    'Nothing has to be configured. Settings are looked for in this order, and the later ones win:',
    '',
    '1. the defaults below, or those of the chosen `profile` (`chorus profile`);',
    '2. `config.yaml` in the data folder (`./data`, or `--data`), or the file that `--config` names;',
    '3. environment variables `CHORUS_SECTION__KEY`, ' +
      'for example `CHORUS_SERVER__PORT=9000` or `CHORUS_TTS__EDGE__MAX_CONCURRENT=2`;',
    '4. flags: `--set server.port=9000`, `--host`, `--port`.',
    '',
    '`chorus config check` names every mistake with its file, line, key, what was found and what is allowed. ' +
      '`chorus config show`',
    'prints what is in force and where each value came from. ' +
      '`chorus config schema > chorus.schema.json` gives editors what they need to',
    'complete keys (`# yaml-language-server: $schema=chorus.schema.json` as the first line of the file).',
    '',
    '**Changes while the server runs.** `chorus config apply FILE` checks a file, ' +
      'keeps a copy of the present one (`data/backups`, the newest',
    '`backup.keep`, for its owner alone), puts it in its place and tells the server, ' +
      'which tries what is new (a key, a model, a voice) before it',
    'takes it over; then a simulated device has to be understood and answered. ' +
      'When it is not, the old file is put back, the reason is printed, and the exit',
    'code is 10. `chorus config rollback [ID]` brings a copy back, `list` and `diff` show them. ' +
      '`SIGHUP` makes the server read its file again',
    'with the same checks; what is wrong changes nothing and stands in the log. ' +
      'In the tables **live** means that a running server takes the',
    'value over for what begins from then on (a reply, a conversation), ' +
      'and goes on with what has begun as it began; **restart**, that it counts',
    'from the next start. Values from variables and flags stay in force, whatever the file says.',
    '',
    '**Secrets** may be written as `file:/run/secrets/key` (the content of that file) or `env:NAME` (that ' +
      'variable), and are never printed.',
    "When a language model preset is chosen and `llm.api_key` is not set, the vendor's usual variable is used:",
  ],
  presets: '| preset | variables |',
  needsNone: 'needs none',
  afterPresets: [
    'Lists in variables and flags are separated by commas ' +
      '(`CHORUS_AUTH__ALLOWLIST=a0:85:e3:f4:49:34,a0:85:e3:f4:49:35`), maps are written as',
    'in YAML (`CHORUS_ASR__CORRECTIONS=\'{"小只": "小智"}\'`) or entry by entry (`--set asr.corrections.小只=小智`).',
  ],
  top: 'Top level',
  columns: '| key | default | takes | in force | what it is |',
  secret: ', secret',
  live: 'live',
  restart: 'restart',
  others: [
    'Names of other servers',
    'Accepted where the meaning is the same; `chorus serve` says how each was understood.',
  ],
  othersColumns: '| name | is |',
  seconds: ' (seconds)',
};

const ZH: PageWords = {
  title: '配置',
  otherLanguage: '[English](configuration.md)',
  origin: '<!-- 由 `npm run docs` 根据 src/config/ 生成，请改那里。 -->',
  introduction: [
    '什么都不配置也能用。配置了的，按以下顺序查找，后面的优先：',
    '',
    '1. 下面的默认值，或所选 `profile` 的值（`chorus profile`）；',
    '2. 数据文件夹（`./data`，或 `--data` 指定的）里的 `config.yaml`，或 `--config` 指定的文件；',
    '3. 环境变量 `CHORUS_SECTION__KEY`，例如 `CHORUS_SERVER__PORT=9000` 或 `CHORUS_TTS__EDGE__MAX_CONCURRENT=2`；',
    '4. 命令行选项：`--set server.port=9000`、`--host`、`--port`。',
    '',
    '`chorus config check` 指出每一处错误：文件、行号、配置项、现在的值、允许的值。`chorus config show` 显示当前生效的配置，以及每个值来自哪里。',
    '`chorus config schema > chorus.schema.json` 供编辑器补全配置项（文件第一行写 `# yaml-language-server: ' +
      '$schema=chorus.schema.json`）。',
    '',
    '**服务器运行时修改。** `chorus config apply FILE` 先检查文件，备份现有的文件（`data/backups`，保留最新的 `backup.keep` 份，只有所有者能读），换上新文件并通知服务器；',
    '服务器先试用新的内容（密钥、模型、声音），再接管；然后一台模拟设备必须被听懂并得到回答。做不到时，旧文件放回原处，说明原因，退出码为 10。',
    '`chorus config rollback [ID]` 恢复一份备份，`list` 和 `diff` 查看备份。`SIGHUP` 让服务器重新读取配置文件，检查相同；有错就什么都不变，并写进日志。',
    '表里的 **live** 表示运行中的服务器会对此后开始的内容（一个回答、一次对话）采用新值，已经开始的照旧进行到底；**restart** 表示下次启动才生效。',
    '来自环境变量和命令行选项的值始终有效，不管文件里写了什么。',
    '',
    '**密钥** 可以写成 `file:/run/secrets/key`（该文件的内容）或 `env:NAME`（该环境变量），绝不会被打印出来。选了大模型预设而没有设置 `llm.api_key` 时，使用厂商惯用的环境变量：',
  ],
  presets: '| 预设 | 环境变量 |',
  needsNone: '不需要',
  afterPresets: [
    '环境变量和命令行选项里的列表用逗号分隔（`CHORUS_AUTH__ALLOWLIST=a0:85:e3:f4:49:34,a0:85:e3:f4:49:35`），映射按 YAML 的写法',
    '（`CHORUS_ASR__CORRECTIONS=\'{"小只": "小智"}\'`）或逐项写（`--set asr.corrections.小只=小智`）。',
  ],
  top: '顶层',
  columns: '| 配置项 | 默认值 | 可以是 | 生效 | 含义 |',
  secret: '，密钥',
  live: 'live',
  restart: 'restart',
  others: ['其他服务器的名称', '含义相同的名称会被接受；`chorus serve` 会说明每一个是怎样理解的。'],
  othersColumns: '| 名称 | 就是 |',
  seconds: '（秒）',
};

export const PAGE_WORDS: Readonly<Record<UiLanguage, PageWords>> = { en: EN, zh: ZH };
