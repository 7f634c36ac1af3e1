import { ERROR_TABLE, type ErrorCode, type Text } from '../../core/index.js';

/**
 * `note`: worth knowing. `warning`: users will notice the problem. `fault`: something does not work, or will soon stop
 * working.
 */
export type Severity = 'ok' | 'note' | 'warning' | 'fault';

/** An action of `--fix`, as data. No action deletes data that cannot be fetched again. */
export type Fix =
  | { readonly type: 'chmod'; readonly path: string; readonly mode: number }
  /** Removes only files that an interrupted download or write left behind. */
  | { readonly type: 'remove'; readonly path: string }
  | { readonly type: 'mkdir'; readonly path: string }
  /** `bytes`: approximate size of the download. */
  | { readonly type: 'pull'; readonly model: string; readonly bytes: number };

/** A type of problem that the doctor knows. docs/doctor.md is generated from the issues. */
export interface Issue {
  /** `check.name`. It is stable, so that scripts can rely on it. */
  readonly id: string;
  readonly severity: Exclude<Severity, 'ok'>;
  readonly title: Text;
  readonly cause: Text;
  readonly remedy: Text;
  /** True: `--fix` may repair it. */
  readonly fixable: boolean;
}

/** A problem that was found, with its cause and its remedy. */
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

/**
 * The part of an issue that the catalogue of its check does not contain. If the catalogue contains all texts, only the
 * severity is given.
 */
type IssueOf<Words> =
  | ({ readonly severity: Issue['severity']; readonly fixable?: true } & Omit<Pick<Issue, IssueText>, keyof Words>)
  | (IssueText extends keyof Words ? Issue['severity'] : never);

/** Title and remedy of an issue whose text is taken from the error table. */
export function ofError(code: ErrorCode): Pick<Issue, 'title' | 'remedy'> {
  const { cause, remedy } = ERROR_TABLE[code];
  const zh = typeof cause.zh === 'string' ? cause.zh : cause.zh({}, '');
  return { title: { en: cause.en, zh: `${zh}。` }, remedy };
}

/**
 * The issues of one check, by name. Texts in the check's catalogue `words` replace those in `table`, which may come
 * from {@link ofError}.
 */
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

/** Details of one finding. They replace the texts and the severity of its issue. */
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

/** The finding of a check that found no problem. */
export function ok(check: string, what: Text): Finding {
  return { id: `${check}.ok`, severity: 'ok', what, cause: '', remedy: '', fixable: false };
}

/** The findings, or a single `ok` if there are none. */
export function orOk(findings: readonly Finding[], check: string, what: Text): readonly Finding[] {
  return findings.length > 0 ? findings : [ok(check, what)];
}
