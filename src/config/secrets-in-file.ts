import { parse } from 'yaml';
import { FIELDS } from './fields.js';

/** A secret as it stands in a configuration file. */
export interface SecretInFile {
  readonly key: string;
  /** `file:...` or `env:...`; undefined: the secret itself stands there. */
  readonly reference: string | undefined;
}

/** The secrets that a configuration text sets. Never throws: what cannot be read holds none that is known. */
export function secretsInFile(text: string): readonly SecretInFile[] {
  let root: unknown;
  try {
    root = parse(text, { maxAliasCount: 100, logLevel: 'silent', uniqueKeys: false });
  } catch {
    return [];
  }
  return [...FIELDS.values()].flatMap(({ key, secret }): SecretInFile[] => {
    const value = secret ? valueAt(root, key) : undefined;
    if (value === undefined || value === null || value === '') return [];
    return [{ key, reference: typeof value === 'string' && /^(file|env):/.test(value) ? value : undefined }];
  });
}

/** The secrets in force, by key: for what must never be shown. */
export function secretValues(config: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key, secret } of FIELDS.values()) {
    const value = secret ? valueAt(config, key) : undefined;
    if (typeof value === 'string' && value !== '') values.set(key, value);
  }
  return values;
}

/** What stands at a dotted key; undefined where there is nothing. */
export function valueAt(root: unknown, key: string): unknown {
  let value = root;
  for (const step of key.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return value;
}
