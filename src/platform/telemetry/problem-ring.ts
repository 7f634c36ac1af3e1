import {
  asChorusError,
  ChorusError,
  type Clock,
  type ErrorCode,
  isErrorCode,
  type ErrorDetails,
  type LogFields,
  type Logger,
} from '../../core/index.js';

/** Something that was logged as a warning or an error. What is alike is counted, not listed again. */
export interface Problem {
  readonly id: number;
  readonly level: 'warn' | 'error';
  /** The static message of the log line. */
  readonly message: string;
  readonly code: ErrorCode | undefined;
  /** The typed error, where one was logged. */
  readonly error: ChorusError | undefined;
  /** Undefined: of no device, or of several. */
  readonly deviceId: string | undefined;
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** Different ones; the one that was quiet longest is forgotten. */
const MAX_PROBLEMS = 50;

/** The last problems, for a person who looks at the page rather than at the log. Fields of log lines are not kept. */
export class ProblemRing {
  readonly #problems = new Map<string, Problem>();
  #lastId = 0;

  constructor(private readonly clock: Clock) {}

  /** Newest first. */
  list(): readonly Problem[] {
    return [...this.#problems.values()].toReversed();
  }

  /** A logger that hands on everything, and remembers warnings and errors whatever level is written. */
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
  // What some library said may hold anything; only that it was a defect is kept.
  return typed.code === 'internal' ? undefined : withoutCause(typed);
}

/** Causes can hold whole requests. */
function withoutCause({
  code,
  message,
  details,
}: {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}): ChorusError {
  return new ChorusError(code, message, { details });
}

function codeOf({ code }: LogFields): ErrorCode | undefined {
  return typeof code === 'string' && isErrorCode(code) ? code : undefined;
}
