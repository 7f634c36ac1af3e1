import type { FieldShape } from './fields.js';

/** Later kinds override earlier ones. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'profile'; readonly profile: string }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'flag'; readonly flag: string };

export type Rule = 'must_be_below' | 'must_not_exceed' | 'needs' | 'both_names';

export type Mistake =
  | {
      readonly kind: 'unknown_key';
      readonly origin: Origin;
      readonly key: string;
      readonly suggestion: string | undefined;
    }
  | {
      readonly kind: 'invalid';
      readonly origin: Origin;
      readonly key: string;
      readonly found: string;
      readonly shape: FieldShape;
      /** The allowed word that was probably meant. */ readonly suggestion?: string;
    }
  /** A value or a list in place of a section. */
  | { readonly kind: 'not_a_section'; readonly origin: Origin; readonly key: string; readonly found: string }
  /** A flag `--set KEY` without `=VALUE`. */
  | { readonly kind: 'no_value'; readonly origin: Origin; readonly key: string }
  | { readonly kind: 'syntax'; readonly origin: Origin; readonly key: string; readonly detail: string }
  | {
      readonly kind: 'rule';
      readonly origin: Origin;
      readonly key: string;
      readonly found: string;
      readonly rule: Rule;
      readonly other: string;
      readonly otherFound: string;
    }
  /** A `file:` or `env:` reference that leads to nothing. Messages show the reference, never a secret. */
  | {
      readonly kind: 'secret';
      readonly origin: Origin;
      readonly key: string;
      readonly found: string;
      readonly reason: 'no_file' | 'no_variable' | 'empty';
    }
  | { readonly kind: 'foreign'; readonly origin: Origin; readonly key: string };

export type ConfigNote =
  | {
      readonly kind: 'alias';
      readonly origin: Origin;
      readonly from: string;
      readonly to: string;
      readonly value: string;
      readonly limited: boolean;
    }
  /** A key of an earlier version that no longer has an effect. */
  | { readonly kind: 'removed'; readonly origin: Origin; readonly key: string }
  /** A secret on the command line, which every user of the machine can read. */
  | { readonly kind: 'secret_on_command_line'; readonly origin: Origin; readonly key: string }
  | { readonly kind: 'python_config'; readonly file: string }
  | { readonly kind: 'empty_allowlist' };

/** Formats a value on one short line. The user name and password in an address are hidden. */
export function showValue(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replaceAll(/\/\/[^/@\s"]+@/g, '//***@');
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
