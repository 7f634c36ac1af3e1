import type { Text } from '../../measure/report/index.js';

/** `ok`: looked at, and as it should be. `note`: worth knowing. `warning`: will be felt. `fault`: something does not work, or soon will not. */
export type Severity = 'ok' | 'note' | 'warning' | 'fault';

/** What `--fix` would do, as data; nothing of it loses what cannot be fetched again. */
export type Remedy =
  | { readonly type: 'chmod'; readonly path: string; readonly mode: number }
  /** Only ever what a broken-off download or write left behind. */
  | { readonly type: 'remove'; readonly path: string }
  | { readonly type: 'mkdir'; readonly path: string }
  /** `bytes`: about how much is fetched. */
  | { readonly type: 'pull'; readonly model: string; readonly bytes: number };

/** A trouble that the doctor knows: what docs/doctor.md is made of. */
export interface Ailment {
  /** `check.name`: stable, for scripts. */
  readonly id: string;
  readonly severity: Exclude<Severity, 'ok'>;
  readonly title: Text;
  readonly cause: Text;
  readonly mend: Text;
  /** `--fix` may mend it. */
  readonly fixable: boolean;
}

/** Something that was found, with its cause and what to do about it. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** With the figures of this machine. */
  readonly what: Text;
  readonly cause: Text;
  readonly mend: Text;
  readonly fixable: boolean;
  readonly remedy?: Remedy;
}

type AilmentText = Omit<Ailment, 'id' | 'fixable'> & { readonly fixable?: true };

/** The ailments of one check, by name. */
export function ailments<Name extends string>(
  check: string,
  table: Readonly<Record<Name, AilmentText>>,
): Readonly<Record<Name, Ailment>> {
  const entries = Object.entries<AilmentText>(table).map(([name, ailment]) => [
    name,
    { ...ailment, id: `${check}.${name}`, fixable: ailment.fixable === true },
  ]);
  return Object.fromEntries(entries) as Record<Name, Ailment>;
}

/** More than the ailment's own words, where the case needs it. */
export interface Particulars {
  readonly severity?: Exclude<Severity, 'ok'>;
  readonly cause?: Text;
  readonly mend?: Text;
  readonly remedy?: Remedy;
}

export function found(ailment: Ailment, what: Text, { severity, cause, mend, remedy }: Particulars = {}): Finding {
  return {
    id: ailment.id,
    severity: severity ?? ailment.severity,
    what,
    cause: cause ?? ailment.cause,
    mend: mend ?? ailment.mend,
    fixable: remedy !== undefined,
    ...(remedy && { remedy }),
  };
}

/** Looked at, and nothing to mend. */
export function fine(check: string, what: Text): Finding {
  return { id: `${check}.ok`, severity: 'ok', what, cause: '', mend: '', fixable: false };
}

/** The findings, or, without any, that all was as it should be. */
export function orFine(findings: readonly Finding[], check: string, what: Text): readonly Finding[] {
  return findings.length > 0 ? findings : [fine(check, what)];
}

/** Both languages from one sentence with figures. */
export const both = (en: string, zh: string): Text => ({ en, zh });
