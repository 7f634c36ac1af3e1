import { isDeepStrictEqual } from 'node:util';
import type { UiLanguage } from '../core/index.js';
import { FIELDS } from './fields.js';
import type { Origin } from './mistake.js';
import type { Config } from './schema.js';
import { valueAt } from './secrets-in-file.js';
import { describeAllowed, describeOrigin } from './wording.js';

export interface FieldView {
  readonly key: string;
  /** A secret is `***`. Undefined if the key is not set. */
  readonly value: unknown;
  /** False if the key has its default value. */
  readonly set: boolean;
  /** True if a variable or a flag sets the key and overrides the file. */
  readonly fixed: boolean;
  readonly origin: string;
  readonly live: boolean;
  readonly secret: boolean;
  readonly about: string;
  /** Allowed values, in words. */
  readonly allowed: string;
}

export function fieldViews(
  config: Config,
  origins: ReadonlyMap<string, Origin>,
  language: UiLanguage,
): readonly FieldView[] {
  return [...FIELDS.values()].map(({ key, shape, about, secret, live }) => {
    const value = valueAt(config, key);
    const origin = origins.get(key) ?? { kind: 'default' };
    return {
      key,
      value: secret && value !== undefined ? '***' : value,
      set: origin.kind !== 'default' && !isDeepStrictEqual(value, shape.default),
      fixed: origin.kind === 'environment' || origin.kind === 'flag',
      origin: describeOrigin(origin, language),
      live,
      secret,
      about: about[language],
      allowed: describeAllowed(shape, language),
    };
  });
}
