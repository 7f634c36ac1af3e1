import { parse } from 'yaml';
import { FIELDS } from './fields.js';

/** Minimum length in characters of a secret that is hidden in texts. A shorter secret may be an ordinary word. */
export const SHORTEST_SECRET = 6;

export interface SecretInFile {
  readonly key: string;
  /** `file:...` or `env:...`. Undefined if the file contains the secret itself. */
  readonly reference: string | undefined;
}

/** Never throws. Finds no secrets in a text that is not YAML. */
export function secretsInFile(text: string): readonly SecretInFile[] {
  let root: unknown;
  try {
    root = parse(text, { maxAliasCount: 100, logLevel: 'silent', uniqueKeys: false });
  } catch {
    return [];
  }
  return [...FIELDS.values()].flatMap(({ key, secret }): SecretInFile[] => {
    const value = secret ? valueAt(root, key) : undefined;
    return membersOf(key, value).map(([member, one]) => ({
      key: member,
      reference: typeof one === 'string' && /^(file|env):/.test(one) ? one : undefined,
    }));
  });
}

/** Returns the secrets by key. Never show them. */
export function secretValues(config: unknown): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { key, secret } of FIELDS.values()) {
    for (const [member, value] of membersOf(key, secret ? valueAt(config, key) : undefined))
      if (typeof value === 'string') values.set(member, value);
  }
  return values;
}

/** An empty value is not a secret. */
function membersOf(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value !== 'object') return [[key, value]];
  return Object.entries(value).flatMap(([name, member]) => membersOf(`${key}.${name}`, member));
}

export function valueAt(root: unknown, key: string): unknown {
  let value = root;
  for (const step of key.split('.'))
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return value;
}
