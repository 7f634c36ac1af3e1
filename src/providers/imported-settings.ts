import type { Bilingual } from '../core/index.js';

/** What a YAML or JSON file holds, as plain data. Keys are texts, whatever they looked like. */
export type Tree = null | boolean | number | string | readonly Tree[] | Branch;
/** Without a prototype, so that `__proto__` is a key like any other. */
export interface Branch {
  readonly [key: string]: Tree;
}

/** A field of another server's settings that is taken over. */
export interface ImportedField {
  readonly field: string;
  /** Key of our configuration. */
  readonly key: string;
  readonly value: unknown;
}

/** What another server's settings of a provider become. */
export interface ImportedProvider {
  readonly fields: readonly ImportedField[];
  /** What somebody should know or do about it. */
  readonly notes?: readonly Bilingual[];
}

/** A kind of provider of the Python server, by the `type` in its settings, and what becomes of it. */
export interface ImportRow {
  readonly types: readonly string[];
  /** Keys of our configuration, for people. */
  readonly to: string;
  readonly about: Bilingual;
  /** Undefined: the settings are not complete enough. */
  readonly take: (settings: Branch) => ImportedProvider | undefined;
}

export function isBranch(value: Tree | undefined): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or a number or boolean as it was written; undefined for what is empty or no single value. */
export function textOf(value: Tree | undefined): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** A number, also one in quotes. */
export function numberOf(value: Tree | undefined): number | undefined {
  if (typeof value === 'string' && !/^[+-]?\d{1,15}(\.\d{1,9})?$/.test(value.trim())) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** What stands in that server's examples where a key or an address belongs. */
export function isPlaceholder(text: string): boolean {
  return (
    text === '' ||
    /你|填|^(none|null|your[-_ ]?.*|xx+|.*-xx+|sk-x+|<.*>|YOUR.*)$/i.test(text) ||
    /your[-_ ]?(api|key|token|secret|host|ip)/i.test(text)
  );
}

/** Without the slash at the end, and without what a client appends by itself. */
export function withoutEndpoint(address: string): string {
  return address
    .replace(/\/+$/, '')
    .replace(/\/(chat\/completions|audio\/speech)$/, '')
    .replace(/\/+$/, '');
}
