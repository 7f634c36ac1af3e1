import { isDeepStrictEqual } from 'node:util';
import type { UiLanguage } from '../core/index.js';
import { FIELDS } from './fields.js';
import type { Origin } from './mistake.js';
import type { Config } from './schema.js';
import { valueAt } from './secrets-in-file.js';
import { describeAllowed, describeOrigin } from './wording.js';

/** One key of the configuration, as the page shows it. */
export interface FieldView {
  readonly key: string;
  /** A secret is `***`; undefined: not set. */
  readonly value: unknown;
  /** False: the key has its default value. */
  readonly set: boolean;
  /** True: a variable or a flag sets the key and overrides the file. */
  readonly fixed: boolean;
  /** Where the value comes from, in words. */
  readonly origin: string;
  readonly live: boolean;
  readonly secret: boolean;
  readonly about: string;
  /** Allowed values, in words. */
  readonly allowed: string;
}

/** Every key of the configuration, in the order of the schema. */
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
