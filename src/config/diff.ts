import { isDeepStrictEqual } from 'node:util';
import { FIELDS, type Field } from './fields.js';
import { showValue } from './mistake.js';
import type { Config } from './schema.js';
import { SHORTEST_SECRET } from './secrets-in-file.js';

export interface KeyChange {
  readonly key: string;
  /** The value as one line of text. A secret is `***`. Undefined if the key is not set. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly secret: boolean;
  /** False if the value takes effect only after a restart. */
  readonly live: boolean;
}

/** The changes are in the order of the schema. Comments and the order of keys are not compared. */
export function diffConfigs(before: Config, after: Config): readonly KeyChange[] {
  const changes: KeyChange[] = [];
  for (const field of FIELDS.values()) {
    const [from, to] = [valueOf(before, field.key), valueOf(after, field.key)];
    if (isDeepStrictEqual(from, to)) continue;
    changes.push({
      key: field.key,
      before: shown(field, from),
      after: shown(field, to),
      secret: field.secret,
      live: field.live,
    });
  }
  return changes;
}

/** Masks the secrets in a text, because a service's error message may quote the key that it received. */
export function withoutSecrets(text: string, config: Config): string {
  let clean = text;
  for (const field of FIELDS.values()) {
    const value = field.secret ? valueOf(config, field.key) : undefined;
    if (typeof value === 'string' && value.length >= SHORTEST_SECRET) clean = clean.replaceAll(value, '***');
  }
  return clean;
}

function valueOf(config: Config, key: string): unknown {
  return key.split('.').reduce<unknown>((section, name) => (section as Record<string, unknown>)[name], config);
}

function shown(field: Field, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return field.secret ? '***' : showValue(value);
}
