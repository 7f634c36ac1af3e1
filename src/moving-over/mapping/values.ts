import { ALIASES } from '../../config/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import { isPlaceholder, numberOf, textOf, textsOf, type Tree } from '../tree.js';
import type { Values } from './row.js';

export function set(key: string, value: unknown): Values | undefined {
  return value === undefined ? undefined : { [key]: value };
}

export function whole(value: Tree, min: number, max: number): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
}

export const port = (value: Tree): number | undefined => whole(value, 1, 65_535);

export function seconds(key: string, value: Tree, minMs: number, maxMs: number): Values | undefined {
  const number = numberOf(value);
  return number !== undefined && number > 0
    ? { [key]: Math.min(maxMs, Math.max(minMs, Math.round(number * 1000))) }
    : undefined;
}

/** Converts a limit in milliseconds. Numbers up to 120 are taken as seconds. */
export function segment(value: number | undefined): Values | undefined {
  if (value === undefined || !Number.isFinite(value) || value <= 0) return undefined;
  const limitMs = value <= 120 ? value * 1000 : value;
  return { 'vad.max_segment_ms': Math.round(Math.min(20_000, Math.max(2000, limitMs))) };
}

export function alias(name: string, value: Tree): Values | undefined {
  const known = ALIASES.get(name);
  const converted = known?.convert(value);
  return known && converted ? { [known.to]: converted.value, ...converted.also } : undefined;
}

export function logLevel(value: Tree): Values | undefined {
  const level = textOf(value)?.toLowerCase();
  const known: Readonly<Record<string, string>> = {
    trace: 'debug',
    debug: 'debug',
    info: 'info',
    success: 'info',
    warning: 'warn',
    warn: 'warn',
    error: 'error',
    critical: 'error',
  };
  return level !== undefined && Object.hasOwn(known, level) ? { 'log.level': known[level] } : undefined;
}

export function exitWords(value: Tree): Values | undefined {
  const words = [...new Set(textsOf(value))].filter((word) => word.length <= 64).slice(0, 64);
  return words.length > 0 ? { 'session.exit_words': words } : undefined;
}

export function prompt(value: Tree): Values | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= 20_000 ? { 'llm.prompt': text } : undefined;
}

export function allowlist(value: Tree): Values | undefined {
  const named = textsOf(value);
  if (!named) return undefined;
  const macs = named.map(parseDeviceId).filter((mac) => mac !== undefined && mac !== '11:22:33:44:55:66');
  return macs.length > 0 ? { 'auth.allowlist': [...new Set(macs)] } : {};
}

/** Converts an offset in hours to a zone name. `Etc/GMT-9` is nine hours east of Greenwich. */
export function timeZone(value: Tree): Values | undefined {
  const hours = numberOf(value);
  if (hours === undefined || !Number.isInteger(hours) || hours < -12 || hours > 14) return undefined;
  if (hours === 8) return { 'session.time_zone': 'Asia/Shanghai' };
  return { 'session.time_zone': hours === 0 ? 'Etc/GMT' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}` };
}

const PRIVATE_HOST =
  /^(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|0\.0\.0\.0|\[|.*\.local$)/i;

/** Uses the first of several addresses `a;b`. The old server assigned devices to the addresses at random. */
export function publicUrl(value: Tree): Values | undefined {
  const first = textsOf(value)?.[0] ?? '';
  if (first === '' || isPlaceholder(first)) return {};
  if (!URL.canParse(first)) return undefined;
  const { protocol, host, hostname, pathname } = new URL(first);
  if (!/^wss?:$/.test(protocol)) return undefined;
  if (PRIVATE_HOST.test(hostname) || hostname === '') return {};
  const base = pathname.replace(/xiaozhi\/v1\/?$/, '').replace(/\/+$/, '');
  return { 'server.public_url': `${protocol === 'wss:' ? 'https' : 'http'}://${host}${base}` };
}
