import { both, type Bilingual } from '../core/index.js';

export type Tree = null | boolean | number | string | readonly Tree[] | Branch;
/** An object without a prototype, so that `__proto__` is an ordinary key. */
export interface Branch {
  readonly [key: string]: Tree;
}

export interface ImportedField {
  readonly field: string;
  /** A key of our configuration. */
  readonly key: string;
  readonly value: unknown;
}

export interface ImportedProvider {
  readonly fields: readonly ImportedField[];
  readonly notes?: readonly Bilingual[];
}

/** Imports one provider type of the Python server xiaozhi-esp32-server. `types` are the values of `type` there. */
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

export function textOf(value: Tree | undefined): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return text === '' ? undefined : text;
}

export function numberOf(value: Tree | undefined): number | undefined {
  if (typeof value === 'string' && !/^[+-]?\d{1,15}(\.\d{1,9})?$/.test(value.trim())) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function isPlaceholder(text: string): boolean {
  return (
    text === '' ||
    /你|填|^(none|null|your[-_ ]?.*|xx+|.*-xx+|sk-x+|<.*>|YOUR.*)$/i.test(text) ||
    /your[-_ ]?(api|key|token|secret|host|ip)/i.test(text)
  );
}

export function withoutEndpoint(address: string): string {
  return address
    .replace(/\/+$/, '')
    .replace(/\/(chat\/completions|audio\/speech|audio\/transcriptions)$/, '')
    .replace(/\/+$/, '');
}

/** `taken` maps our settings to the Python server's fields. The first field is required. */
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
