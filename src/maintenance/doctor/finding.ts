import { both, ERROR_TABLE, type ErrorCode, type Text } from '../../core/index.js';

/** `ok`: as it should be. `note`: worth knowing. `warning`: will be felt. `fault`: does not work, or soon will not. */
export type Severity = 'ok' | 'note' | 'warning' | 'fault';

/** What `--fix` would do, as data; nothing of it loses what cannot be fetched again. */
export type Fix =
  | { readonly type: 'chmod'; readonly path: string; readonly mode: number }
  /** Only ever what a broken-off download or write left behind. */
  | { readonly type: 'remove'; readonly path: string }
  | { readonly type: 'mkdir'; readonly path: string }
  /** `bytes`: about how much is fetched. */
  | { readonly type: 'pull'; readonly model: string; readonly bytes: number };

/** A problem that the doctor knows; docs/doctor.md is made of them. */
export interface Issue {
  /** `check.name`: stable, for scripts. */
  readonly id: string;
  readonly severity: Exclude<Severity, 'ok'>;
  readonly title: Text;
  readonly cause: Text;
  readonly remedy: Text;
  /** `--fix` may repair it. */
  readonly fixable: boolean;
}

/** Something that was found, with its cause and what to do about it. */
export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** With the figures of this machine. */
  readonly what: Text;
  readonly cause: Text;
  readonly remedy: Text;
  readonly fixable: boolean;
  readonly fix?: Fix;
}

type IssueText = Omit<Issue, 'id' | 'fixable'> & { readonly fixable?: true };

/** The title and the remedy of an issue that is an error of the error table. */
export function ofError(code: ErrorCode): Pick<Issue, 'title' | 'remedy'> {
  const { cause, remedy } = ERROR_TABLE[code];
  const zh = typeof cause.zh === 'string' ? cause.zh : cause.zh({}, '');
  return { title: both(cause.en, `${zh}。`), remedy };
}

/** The issues of one check, by name. */
export function issues<Name extends string>(
  check: string,
  table: Readonly<Record<Name, IssueText>>,
): Readonly<Record<Name, Issue>> {
  const entries = Object.entries<IssueText>(table).map(([name, issue]) => [
    name,
    { ...issue, id: `${check}.${name}`, fixable: issue.fixable === true },
  ]);
  return Object.fromEntries(entries) as Record<Name, Issue>;
}

/** More than the issue's own words, where the case needs it. */
export interface Particulars {
  readonly severity?: Exclude<Severity, 'ok'>;
  readonly cause?: Text;
  readonly remedy?: Text;
  readonly fix?: Fix;
}

export function found(issue: Issue, what: Text, { severity, cause, remedy, fix }: Particulars = {}): Finding {
  return {
    id: issue.id,
    severity: severity ?? issue.severity,
    what,
    cause: cause ?? issue.cause,
    remedy: remedy ?? issue.remedy,
    fixable: fix !== undefined,
    ...(fix && { fix }),
  };
}

/** Looked at, and nothing to repair. */
export function ok(check: string, what: Text): Finding {
  return { id: `${check}.ok`, severity: 'ok', what, cause: '', remedy: '', fixable: false };
}

/** The findings, or, without any, that all was as it should be. */
export function orOk(findings: readonly Finding[], check: string, what: Text): readonly Finding[] {
  return findings.length > 0 ? findings : [ok(check, what)];
}
