import {
  asChorusError,
  ChorusError,
  type Clock,
  type ErrorCode,
  isErrorCode,
  isProblemCode,
  type LogFields,
  type Logger,
  type ProblemCode,
} from '../../core/index.js';

/** A logged warning or error. Equal problems are counted as one entry. */
export interface Problem {
  readonly id: number;
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly code: ErrorCode | undefined;
  /** The field `problem` of the log line. */
  readonly problem: ProblemCode | undefined;
  readonly error: ChorusError | undefined;
  /** Undefined if the problem concerns no device, or several. */
  readonly deviceId: string | undefined;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** The problem that occurred longest ago is dropped beyond this number. */
const MAX_PROBLEMS = 50;

export class ProblemRing {
  readonly #problems = new Map<string, Problem>();
  #lastId = 0;

  constructor(private readonly clock: Clock) {}

  /** Newest first. */
  list(): readonly Problem[] {
    return [...this.#problems.values()].toReversed();
  }

  /** Passes everything on to `log`, and keeps warnings and errors at any log level. */
  watch(log: Logger): Logger {
    return new WatchedLogger(log, {}, (level, message, fields) => this.#add(level, message, fields));
  }

  #add(level: Problem['level'], message: string, fields: LogFields): void {
    const error = errorOf(fields);
    const code = error?.code ?? codeOf(fields);
    const deviceId = typeof fields['deviceId'] === 'string' ? fields['deviceId'] : undefined;
    const key = `${message} ${code ?? ''}`;
    const before = this.#problems.get(key);
    const atMs = this.clock.wallMs();
    this.#problems.delete(key);
    if (this.#problems.size >= MAX_PROBLEMS) this.#problems.delete(this.#problems.keys().next().value ?? '');
    this.#problems.set(key, {
      id: before?.id ?? ++this.#lastId,
      level,
      message,
      code,
      problem: isProblemCode(fields.problem) ? fields.problem : undefined,
      error,
      deviceId: before && before.deviceId !== deviceId ? undefined : deviceId,
      count: (before?.count ?? 0) + 1,
      firstAtMs: before?.firstAtMs ?? atMs,
      lastAtMs: atMs,
    });
  }
}

type Add = (level: Problem['level'], message: string, fields: LogFields) => void;

class WatchedLogger implements Logger {
  constructor(
    private readonly log: Logger,
    private readonly inherited: LogFields,
    private readonly add: Add,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.log.debug(message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.log.info(message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.add('warn', message, { ...this.inherited, ...fields });
    this.log.warn(message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.add('error', message, { ...this.inherited, ...fields });
    this.log.error(message, fields);
  }
  child(fields: LogFields): Logger {
    return new WatchedLogger(this.log.child(fields), { ...this.inherited, ...fields }, this.add);
  }
}

function errorOf({ error }: LogFields): ChorusError | undefined {
  if (!(error instanceof Error)) return undefined;
  const typed = asChorusError(error);
  // A library's error may contain anything, and its cause may contain a whole request. Neither is kept.
  const { code, message, details } = typed;
  return code === 'internal' ? undefined : new ChorusError(code, message, { details });
}

function codeOf({ code }: LogFields): ErrorCode | undefined {
  return typeof code === 'string' && isErrorCode(code) ? code : undefined;
}
