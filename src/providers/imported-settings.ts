import { both, type Bilingual } from '../core/index.js';

/** The content of a YAML or JSON file as plain data. Every key is a string. */
export type Tree = null | boolean | number | string | readonly Tree[] | Branch;
/** An object without a prototype, so that `__proto__` is an ordinary key. */
export interface Branch {
  readonly [key: string]: Tree;
}

/** A field that is imported from another server's settings. */
export interface ImportedField {
  readonly field: string;
  /** Key of our configuration. */
  readonly key: string;
  readonly value: unknown;
}

/** The fields of our configuration that replace another server's settings. */
export interface ImportedProvider {
  readonly fields: readonly ImportedField[];
  /** Hints for the person who migrates. */
  readonly notes?: readonly Bilingual[];
}

/** A provider type of the Python server (`type` in its settings), and its counterpart here. */
export interface ImportRow {
  readonly types: readonly string[];
  /** Keys of our configuration, shown to people. */
  readonly to: string;
  readonly about: Bilingual;
  /** Returns undefined if required settings are missing. */
  readonly take: (settings: Branch) => ImportedProvider | undefined;
}

export function isBranch(value: Tree | undefined): value is Branch {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as text: a number or boolean keeps its spelling. Undefined: the value is empty, or not a scalar. */
export function textOf(value: Tree | undefined): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

/** The value as a number; the number may be in quotes. */
export function numberOf(value: Tree | undefined): number | undefined {
  if (typeof value === 'string' && !/^[+-]?\d{1,15}(\.\d{1,9})?$/.test(value.trim())) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** True for the placeholders of keys and addresses in the Python server's examples. */
export function isPlaceholder(text: string): boolean {
  return (
    text === '' ||
    /你|填|^(none|null|your[-_ ]?.*|xx+|.*-xx+|sk-x+|<.*>|YOUR.*)$/i.test(text) ||
    /your[-_ ]?(api|key|token|secret|host|ip)/i.test(text)
  );
}

/** Removes the final slash, and the path that a client appends by itself. */
export function withoutEndpoint(address: string): string {
  return address
    .replace(/\/+$/, '')
    .replace(/\/(chat\/completions|audio\/speech|audio\/transcriptions)$/, '')
    .replace(/\/+$/, '');
}

/**
 * The row of a service whose settings are imported field by field. `taken` maps our settings to the other server's
 * fields. The service needs the first of these fields.
 */
export function keyedService(
  kind: 'asr' | 'tts',
  id: string,
  types: readonly string[],
  taken: Readonly<Record<string, string>>,
): ImportRow {
  const choice = kind === 'asr' ? 'asr.model' : 'tts.provider';
  return {
    types,
    to: [choice, ...Object.keys(taken).map((setting) => `${kind}.${id}.${setting}`)].join(', '),
    about: both('The same service, with its settings.', '同一服务，沿用它的设置。'),
    take(settings) {
      const fields = Object.entries(taken).flatMap(([setting, field]): ImportedField[] => {
        const value = textOf(settings[field]);
        return value === undefined || isPlaceholder(value) ? [] : [{ field, key: `${kind}.${id}.${setting}`, value }];
      });
      const [needed] = Object.values(taken);
      if (!fields.some(({ field }) => field === needed)) return undefined;
      return { fields: [{ field: 'type', key: choice, value: id }, ...fields] };
    },
  };
}
