import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import {
  ChorusError,
  describeError,
  ERROR_TABLE,
  isErrorCode,
  systemClock,
  translatedError,
  type UiLanguage,
} from '../core/index.js';
import type { CliContext } from './context.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import { reportFailure } from './failure.js';
import { MESSAGES } from './words/index.js';

const CODES = Object.keys(ERROR_TABLE).filter(isErrorCode);
/** Text that has no Chinese form, such as names, commands, keys, flags and addresses. */
const NAMES = new RegExp(
  [
    /`[^`]*`|--[a-z-]+/,
    /\b(?:Chorus|ESP32|API|MAC|YAML|WAV|PCM|JSON|OTA|HTTP|WebSocket|LLM|MB|npx|chorus|URL|MP3|MCP)\b/,
    /\b(?:Edge|OpenAI|Wyoming|PDF|Word|Markdown|FLAC|Ogg|Opus|Vorbis)\b/,
    /\b[a-z_]+(?:\.[a-z_0-9-]+)+\b|\/readyz|\/[\w./-]+|https?:\S+/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

function report(error: unknown, language: UiLanguage): string {
  let text = '';
  const context: CliContext = {
    language,
    words: MESSAGES[language],
    env: {},
    clock: systemClock,
    terminal: false,
    colours: picocolors.createColors(false),
    interrupted: new AbortController().signal,
    out: () => undefined,
    err: (line) => (text += line),
  };
  reportFailure(error, context);
  return text;
}

describe('an error on the command line, in Chinese', () => {
  it.each(CODES)('%s: contains no English words and no English punctuation', (code) => {
    const error = new ChorusError(code, 'an English sentence (ENOENT): with punctuation');
    const sentence = describeError(error, 'zh');
    if (code === 'internal') return;
    const said = report(error, 'zh').replace(`[${code}]`, '');
    for (const text of [sentence, said]) {
      expect(text.replaceAll(NAMES, ''), text).not.toMatch(/[A-Za-z]{2,}|[,:;!?()]/);
      expect(text).toMatch(/\p{Script=Han}/u);
    }
    expect(said).toMatch(/^错误：.*\s*\n怎么办：.*。\n$/u);
  });

  it.each([
    [
      new ChorusError('data.not_writable', 'x', { details: { folder: '/data', system: 'EROFS' } }),
      '数据文件夹 /data 无法创建或写入（文件系统只读）',
    ],
    [
      new ChorusError('data.in_use', 'x', { details: { folder: '/data', pid: 7, url: 'http://127.0.0.1:8000/' } }),
      '已经有一个 Chorus 服务器在使用数据文件夹 /data（进程 7，http://127.0.0.1:8000/）',
    ],
    [new ChorusError('server.port_in_use', 'x', { details: { port: 8000 } }), '端口 8000 已被其他程序占用'],
    [new ChorusError('model.missing', 'x', { details: { id: 'm', percent: 43 } }), '模型 m 还没有安装（已收到 43 %）'],
    [
      new ChorusError('model.download_failed', 'x', {
        details: { id: 'm' },
        cause: new AggregateError([
          new ChorusError('model.download_failed', 'y', { details: { host: 'a.example', status: 404 } }),
          new ChorusError('model.download_failed', 'y', { details: { host: 'b.example', system: 'ENOTFOUND' } }),
        ]),
      }),
      '模型 m 下载失败（a.example 没有给出文件（HTTP 404）；b.example 没有给出文件（找不到这个主机名））',
    ],
    [
      new ChorusError('llm.bad_key', 'x', { details: { quote: 'Incorrect API key' } }),
      '大模型拒绝了 API 密钥（对方的原话是“Incorrect API key”）',
    ],
    [translatedError('device.refused', '说好的话'), '说好的话'],
  ])('names the folder, port, model or service it is about: %#', (error, sentence) => {
    expect(describeError(error, 'zh')).toBe(sentence);
  });

  it('has the exit code of a wrong command line if a task is unknown', () => {
    expect(exitCodeOf('upkeep.unknown_task')).toBe(EXIT.usage);
    expect(exitCodeOf('upkeep.running')).toBe(EXIT.failed);
  });

  it('says in English what to do', () => {
    expect(report(new ChorusError('server.port_in_use', 'port 1 is in use'), 'en')).toBe(
      'Error: port 1 is in use [server.port_in_use]\n' +
        'What to do: Stop the program that listens on the port, or choose another with --port.\n',
    );
  });
});
