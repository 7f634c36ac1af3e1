import { readFile } from 'node:fs/promises';
import { type ChorusError, printable, translatedError } from '../../core/index.js';
import { SERIALS_AT_ONCE } from '../../http/index.js';
import type { CliContext, JsonFlags } from '../context.js';
import type { ExitCode } from '../exit-code.js';
import { adminClient } from '../server/admin-client.js';
import { printAnswer } from '../terminal/json.js';
import { unreadableFile } from '../unreadable-file.js';
import { devicesWords } from '../words/devices.js';

/** A serial number and a key of 64 hex digits, separated by a comma, semicolon or blank. */
const LINE = /^"?([\x21\x23-\x2b\x2d-\x3a\x3c-\x7e]{1,128})"?[,;\s]\s*"?([0-9a-f]{64})"?$/i;

export async function listSerials(flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const api = await adminClient(flags, context);
  const all: string[] = [];
  for (;;) {
    const page = await api.call('GET', `/serials?${new URLSearchParams({ after: all.at(-1) ?? '' }).toString()}`);
    const { serials } = page as { readonly serials: readonly string[] };
    all.push(...serials);
    if (serials.length < SERIALS_AT_ONCE) break;
  }
  const lines = all.length === 0 ? [devicesWords[context.language].noSerials] : all.map(printable);
  return printAnswer(flags, context, all, `${lines.join('\n')}\n`);
}

/** If any line is wrong, nothing is registered. */
export async function addSerials(file: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  const words = devicesWords[context.language];
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unreadableFile(file, context, error);
  });
  const wrongLine = (line: number): ChorusError =>
    translatedError('config.invalid', words.wrongSerialsLine(file, line), undefined, words.serialsRemedy);
  const keys = keysOf(text, wrongLine);
  if (keys.length === 0) throw wrongLine(1);
  const api = await adminClient(flags, context);
  for (let at = 0; at < keys.length; at += SERIALS_AT_ONCE)
    await api.call('POST', '/serials', { keys: keys.slice(at, at + SERIALS_AT_ONCE) });
  return printAnswer(flags, context, { added: keys.length }, `${words.serialsAdded(keys.length)}\n`);
}

export async function forgetSerial(serial: string, flags: JsonFlags, context: CliContext): Promise<ExitCode> {
  await (await adminClient(flags, context)).call('DELETE', `/serials/${encodeURIComponent(serial)}`);
  const words = devicesWords[context.language];
  return printAnswer(flags, context, { forgotten: serial }, `${printable(words.serialForgotten(serial))}\n`);
}

/** Skips empty lines, lines that begin with `#`, and a first line with headings. */
function keysOf(text: string, wrong: (line: number) => Error): { readonly serial: string; readonly key: string }[] {
  const keys: { readonly serial: string; readonly key: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const found = LINE.exec(line);
    if (found) keys.push({ serial: found[1] ?? '', key: found[2] ?? '' });
    else if (index > 0 || /[0-9a-f]{32}/i.test(line)) throw wrong(index + 1);
  }
  return keys;
}
