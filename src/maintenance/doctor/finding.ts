import { ERROR_TABLE, type ErrorCode, type Text } from '../../core/index.js';

/** `note`: worth knowing. `warning`: users will notice. `fault`: something fails now or will fail soon. */
export type Severity = 'ok' | 'note' | 'warning' | 'fault';

/** An action of `--fix`. No action deletes data that cannot be fetched again. */
export type Fix =
  | { readonly type: 'chmod'; readonly path: string; readonly mode: number }
  /** Removes only files that an interrupted download or write left behind. */
  | { readonly type: 'remove'; readonly path: string }
  | { readonly type: 'mkdir'; readonly path: string }
  /** `bytes` is the approximate size of the download. */
  | { readonly type: 'pull'; readonly model: string; readonly bytes: number };

/** A type of problem. docs/doctor.md is generated from these objects. */
export interface Issue {
  /** Has the form `check.name`. Scripts rely on it, so it never changes. */
  readonly id: string;
  readonly severity: Exclude<Severity, 'ok'>;
  readonly title: Text;
  readonly cause: Text;
  readonly remedy: Text;
  /** True if `--fix` may repair the problem. */
  readonly fixable: boolean;
}

export interface Finding {
  readonly id: string;
  readonly severity: Severity;
  /** Description with the figures of this machine. */
  readonly what: Text;
  readonly cause: Text;
  readonly remedy: Text;
  readonly fixable: boolean;
  readonly fix?: Fix;
}

type IssueText = 'title' | 'cause' | 'remedy';

/** The texts that the check's catalogue of words lacks. If the catalogue has all texts, the severity is enough. */
type IssueOf<Words> =
  | ({ readonly severity: Issue['severity']; readonly fixable?: true } & Omit<Pick<Issue, IssueText>, keyof Words>)
  | (IssueText extends keyof Words ? Issue['severity'] : never);

export function ofError(code: ErrorCode): Pick<Issue, 'title' | 'remedy'> {
  const { cause, remedy } = ERROR_TABLE[code];
  const zh = typeof cause.zh === 'string' ? cause.zh : cause.zh({}, '');
  return { title: { en: cause.en, zh: `${zh}。` }, remedy };
}

/** The issues of one check, by name. Texts in `words` replace those in `table`. */
export function issues<Words extends Readonly<Record<string, Partial<Pick<Issue, IssueText>>>>>(
  check: string,
  words: Words,
  table: { readonly [Name in keyof Words]: IssueOf<Words[Name]> },
): { readonly [Name in keyof Words]: Issue } {
  const entries = Object.entries<Partial<Issue> | Issue['severity']>(table).map(([name, known]) => {
    const { fixable = false, ...rest } = typeof known === 'string' ? { severity: known } : known;
    return [name, { ...rest, ...words[name], id: `${check}.${name}`, fixable }];
  });
  return Object.fromEntries(entries) as { readonly [Name in keyof Words]: Issue };
}

/** Values that replace those of the issue. */
export interface FindingDetails {
  readonly severity?: Exclude<Severity, 'ok'>;
  readonly cause?: Text;
  readonly remedy?: Text;
  readonly fix?: Fix;
}

export function found(issue: Issue, what: Text, { severity, cause, remedy, fix }: FindingDetails = {}): Finding {
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

export function ok(check: string, what: Text): Finding {
  return { id: `${check}.ok`, severity: 'ok', what, cause: '', remedy: '', fixable: false };
}

export function orOk(findings: readonly Finding[], check: string, what: Text): readonly Finding[] {
  return findings.length > 0 ? findings : [ok(check, what)];
}
