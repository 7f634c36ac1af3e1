import type { UiLanguage } from '../core/index.js';
import type { FieldShape } from './fields.js';
import { showValue, type ConfigNote, type Mistake, type Origin, type Rule } from './mistake.js';

type Words = {
  readonly origin: {
    readonly environment: (name: string) => string;
    readonly flag: (flag: string) => string;
    readonly profile: (name: string) => string;
    readonly default: string;
  };
  readonly allowed: string;
  readonly found: string;
  readonly or: string;
  readonly comma: string;
  readonly bool: string;
  readonly int: (low: number | undefined, high: number | undefined) => string;
  readonly number: (low: number | undefined, high: number | undefined) => string;
  readonly text: string;
  readonly url: string;
  readonly seconds: string;
  readonly list: (of: string) => string;
  readonly map: (of: string) => string;
  readonly example: string;
  readonly unknown: (suggestion: string | undefined) => string;
  readonly meant: (suggestion: string) => string;
  readonly section: string;
  readonly noValue: string;
  readonly syntax: (detail: string) => string;
  readonly foreign: string;
  readonly rule: Readonly<Record<Rule, (other: string, otherFound: string) => string>>;
  readonly secret: Readonly<Record<'no_file' | 'no_variable' | 'empty', string>>;
  readonly alias: (from: string, to: string, value: string, limited: boolean) => string;
  readonly removed: (key: string) => string;
  readonly secretOnCommandLine: (key: string) => string;
  readonly python: (file: string) => string;
  readonly emptyAllowlist: string;
};

function range(
  low: number | undefined,
  high: number | undefined,
  words: { between: (l: number, h: number) => string; from: (l: number) => string; plain: string },
): string {
  if (low !== undefined && high !== undefined) return words.between(low, high);
  return low === undefined ? words.plain : words.from(low);
}

const EN: Words = {
  origin: {
    environment: (name) => `environment variable ${name}`,
    flag: (flag) => flag,
    profile: (name) => `profile ${name}`,
    default: 'default',
  },
  allowed: 'allowed',
  found: 'found',
  or: ' or ',
  comma: ', ',
  bool: 'true or false',
  int: (low, high) =>
    range(low, high, {
      between: (l, h) => `a whole number from ${l} to ${h}`,
      from: (l) => `a whole number from ${l}`,
      plain: 'a whole number',
    }),
  number: (low, high) =>
    range(low, high, {
      between: (l, h) => `a number from ${l} to ${h}`,
      from: (l) => `a number from ${l}`,
      plain: 'a number',
    }),
  text: 'a text',
  url: 'an address such as https://example.org/v1',
  seconds: 'seconds, a number above 0',
  list: (of) => `a list of: ${of}`,
  map: (of) => `"name: value" lines, each value ${of}`,
  example: 'for example',
  unknown: (suggestion) =>
    suggestion === undefined
      ? 'unknown key; `chorus config schema` lists all keys'
      : `unknown key; did you mean "${suggestion}"?`,
  meant: (suggestion) => `did you mean "${suggestion}"?`,
  section: 'this is a section: its keys stand below it, indented',
  noValue: 'has no value; write KEY=VALUE',
  syntax: (detail) => `not valid YAML: ${detail}`,
  foreign:
    'this is a configuration of the Python server, which Chorus does not read as it is: ' +
    '`chorus config import FILE` takes over what it can',
  rule: {
    must_be_below: (other, value) => `must be below ${other} (${value})`,
    must_not_exceed: (other, value) => `must not exceed ${other} (${value})`,
    needs: (other) => `needs ${other} beside it`,
    both_names: (other) => `is an old name of ${other}, which is set too; keep one of them`,
  },
  secret: {
    no_file: 'that file cannot be read',
    no_variable: 'that environment variable is not set',
    empty: 'there is nothing in it, or far too much for a key',
  },
  alias: (from, to, value, limited) =>
    `"${from}" is understood as ${to} = ` +
    `${value}${limited ? ' (devices disconnect at 120 s by themselves, so it was lowered)' : ''}`,
  removed: (key) => `"${key}" does nothing any more and can be taken out`,
  secretOnCommandLine: (key) =>
    `every user of this machine can read the secret "${key}" in the list of processes; ` +
    'put it into the configuration file, or give file:PATH or env:NAME',
  python: (file) =>
    `${file} belongs to the Python server and is not read; \`chorus config import ${file}\` takes over what it can`,
  emptyAllowlist: 'auth.pairing is "allowlist" and auth.allowlist is empty: no device can connect',
};

const ZH: Words = {
  origin: {
    environment: (name) => `环境变量 ${name}`,
    flag: (flag) => flag,
    profile: (name) => `配置档 ${name}`,
    default: '默认值',
  },
  allowed: '允许',
  found: '现在是',
  or: ' 或 ',
  comma: '、',
  bool: 'true 或 false',
  int: (low, high) =>
    range(low, high, { between: (l, h) => `${l} 到 ${h} 的整数`, from: (l) => `不小于 ${l} 的整数`, plain: '整数' }),
  number: (low, high) =>
    range(low, high, { between: (l, h) => `${l} 到 ${h} 的数`, from: (l) => `不小于 ${l} 的数`, plain: '数字' }),
  text: '一段文字',
  url: '一个地址，例如 https://example.org/v1',
  seconds: '秒数，大于 0',
  list: (of) => `列表，每项是：${of}`,
  map: (of) => `若干行“名称: 值”，值是${of}`,
  example: '例如',
  unknown: (suggestion) =>
    suggestion === undefined
      ? '没有这个配置项；所有配置项见 `chorus config schema`'
      : `没有这个配置项；是不是想写“${suggestion}”？`,
  meant: (suggestion) => `是不是想写“${suggestion}”？`,
  section: '这是一个小节：它的配置项要缩进写在下面',
  noValue: '没有值；请写成 配置项=值',
  // The YAML library's detail is left out, because it is in English.
  syntax: () => '不是有效的 YAML：请检查这一行前后的缩进、冒号、引号和括号',
  foreign: '这是 Python 服务器的配置文件，Chorus 不能直接读取：请用 `chorus config import 文件` 导入',
  rule: {
    must_be_below: (other, value) => `必须小于 ${other}（${value}）`,
    must_not_exceed: (other, value) => `不能大于 ${other}（${value}）`,
    needs: (other) => `还需要设置 ${other}`,
    both_names: (other) => `是 ${other} 的旧名称，而后者也设置了；请只保留一个`,
  },
  secret: { no_file: '读不到这个文件', no_variable: '没有设置这个环境变量', empty: '内容为空，或长得不像密钥' },
  alias: (from, to, value, limited) =>
    `“${from}”按 ${to} = ${value} 处理${limited ? '（设备在 120 秒时会自己断开，所以调低了）' : ''}`,
  removed: (key) => `“${key}”已经不起作用，可以删掉`,
  secretOnCommandLine: (key) =>
    `本机的所有用户都能在进程列表里看到密钥“${key}”；请写进配置文件，或改用 file:路径、env:变量名`,
  python: (file) => `${file} 属于 Python 服务器，不会读取；可以用 \`chorus config import ${file}\` 导入`,
  emptyAllowlist: 'auth.pairing 是 allowlist，但 auth.allowlist 是空的：没有设备能连接',
};

const WORDS: Readonly<Record<UiLanguage, Words>> = { en: EN, zh: ZH };

export function describeOrigin(origin: Origin, language: UiLanguage): string {
  const { origin: words } = WORDS[language];
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}`;
    case 'environment':
      return words.environment(origin.name);
    case 'flag':
      return words.flag(origin.flag);
    case 'profile':
      return words.profile(origin.profile);
    default:
      return words.default;
  }
}

/** For example `a whole number from 0 to 65535`. */
export function describeAllowed(shape: FieldShape, language: UiLanguage): string {
  const words = WORDS[language];
  if (shape.description === 'seconds' && shape.type === 'number') return words.seconds;
  if (shape.anyOf) return shape.anyOf.map((choice) => describeAllowed(choice, language)).join(words.or);
  if (shape.const !== undefined) return showBare(shape.const);
  if (shape.enum) return shape.enum.map(showBare).join(words.comma);
  if (shape.examples) return `${words.example} ${shape.examples.map(showBare).join(words.comma)}`;
  switch (shape.type) {
    case 'boolean':
      return words.bool;
    case 'integer':
      return words.int(bound(shape.minimum), bound(shape.maximum));
    case 'number':
      return words.number(shape.minimum, shape.maximum);
    case 'array':
      return words.list(describeAllowed(shape.items ?? {}, language));
    case 'object':
      return words.map(
        describeAllowed(typeof shape.additionalProperties === 'object' ? shape.additionalProperties : {}, language),
      );
    default:
      return shape.format === 'uri' ? words.url : words.text;
  }
}

export function describeMistake(mistake: Mistake, language: UiLanguage): string {
  const words = WORDS[language];
  const colon = language === 'zh' ? '：' : ': ';
  const stop = language === 'zh' ? '；' : '; ';
  const where = describeOrigin(mistake.origin, language);
  const line = (...parts: string[]): string => [where, ...parts].filter((part) => part !== '').join(colon);
  switch (mistake.kind) {
    case 'unknown_key':
      return line(mistake.key, words.unknown(mistake.suggestion));
    case 'invalid':
      return line(
        mistake.key,
        `${words.found} ${mistake.found}${stop}${words.allowed}${colon}${describeAllowed(mistake.shape, language)}` +
          (mistake.suggestion === undefined ? '' : `${stop}${words.meant(mistake.suggestion)}`),
      );
    case 'not_a_section':
      return line(mistake.key, `${words.found} ${mistake.found}${stop}${words.section}`);
    case 'no_value':
      return line(mistake.key, words.noValue);
    case 'syntax':
      return line(mistake.key, words.syntax(mistake.detail));
    case 'rule':
      return line(
        mistake.key,
        (mistake.found === '' ? '' : `${words.found} ${mistake.found}${stop}`) +
          words.rule[mistake.rule](mistake.other, mistake.otherFound),
      );
    case 'secret':
      return line(mistake.key, `${words.found} ${showValue(mistake.found)}${stop}${words.secret[mistake.reason]}`);
    default:
      return line(mistake.key, words.foreign);
  }
}

export function describeNote(note: ConfigNote, language: UiLanguage): string {
  const words = WORDS[language];
  const from = (origin: Origin): string => `${describeOrigin(origin, language)}${language === 'zh' ? '：' : ': '}`;
  switch (note.kind) {
    case 'alias':
      return from(note.origin) + words.alias(note.from, note.to, note.value, note.limited);
    case 'secret_on_command_line':
      return from(note.origin) + words.secretOnCommandLine(note.key);
    case 'removed':
      return from(note.origin) + words.removed(note.key);
    case 'python_config':
      return words.python(note.file);
    default:
      return words.emptyAllowlist;
  }
}

const showBare = (value: unknown): string => (typeof value === 'string' ? value : showValue(value));
/** zod writes the bounds of safe integers for a field without bounds. */
const bound = (value: number | undefined): number | undefined =>
  value !== undefined && Math.abs(value) >= Number.MAX_SAFE_INTEGER ? undefined : value;
