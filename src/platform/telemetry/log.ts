import { pino, multistream, type DestinationStream, type Logger as Pino } from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { systemClock, type Clock, type LogFields, type Logger, type LogLevel } from '../../core/index.js';
import { redact, type RedactionRules } from './redaction.js';
import { terminalLine } from './terminal.js';

export interface LineOutput {
  write(line: string): unknown;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** If true, people's words are written. The names of fields with such words begin with `pii`. */
  readonly transcripts: boolean;
  /** Keys and passwords of the configuration. They are removed from the fields of all lines. */
  readonly secrets?: readonly string[];
  /** Writes JSON lines to a rotating file of at most `maxBytes`. Undefined means no file. */
  readonly file?:
    | { readonly folder: string; readonly name?: string; readonly maxBytes?: number; readonly keep?: number }
    | undefined;
  /** Undefined means no terminal output. */
  readonly terminal?:
    | { readonly output: LineOutput; readonly format: 'words' | 'json'; readonly colour: boolean }
    | undefined;
  readonly clock?: Pick<Clock, 'nowMs'>;
}

/** Settings that may change while the server runs. They apply to all loggers. */
export type LogSettings = Pick<LogOptions, 'level' | 'transcripts' | 'secrets'>;

/** When `close` resolves, all waiting lines are on disk, unless the file has failed. */
export interface Log {
  readonly logger: Logger;
  configure(settings: LogSettings): void;
  close(): Promise<void>;
}

/** Five files of 10 MB: the current file and four full files. */
export const LOG_FILE_DEFAULTS = { maxBytes: 10_000_000, keep: 4 } as const;
/** Maximum size of the lines that wait for the disk. Further lines are dropped to save memory. */
const MAX_PENDING_BYTES = 4_000_000;

/** Minimum time from a failure, such as a full disk, until a line reopens the file. */
const RETRY_AFTER_MS = 60_000;

/** pino passes all lines on. {@link Filter} applies the level. */
const LOWEST: LogLevel = 'debug';
const WEIGHT: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** One filter serves a logger and all its children. pino's children would keep the level from their creation. */
class Filter {
  #settings: LogSettings;

  constructor(settings: LogSettings) {
    this.#settings = settings;
  }

  get rules(): RedactionRules {
    return this.#settings;
  }

  allows(level: LogLevel): boolean {
    return WEIGHT[level] >= WEIGHT[this.#settings.level];
  }

  configure(settings: LogSettings): void {
    this.#settings = settings;
  }
}

/** Logging never throws. Without a writable file, logging continues, and the file is retried every minute. */
export function createLog(options: LogOptions): Log {
  const streams: { level: LogLevel; stream: DestinationStream }[] = [];
  const { terminal } = options;
  if (terminal) {
    const write =
      terminal.format === 'json'
        ? (line: string) => terminal.output.write(line)
        : (line: string) => terminal.output.write(terminalLine(line, terminal.colour));
    streams.push({ level: LOWEST, stream: { write } });
  }
  const file =
    options.file && new LogFile(options.file, options.clock ?? systemClock, (line) => terminal?.output.write(line));
  if (file) streams.push({ level: LOWEST, stream: file });
  const root = pino({ level: LOWEST, base: null }, multistream(streams));
  const filter = new Filter(options);
  return {
    logger: new RedactingLogger(root, filter),
    configure: (settings) => filter.configure(settings),
    close: () => file?.close() ?? Promise.resolve(),
  };
}

/** The current file is chorus.log. The older files are chorus.1.log (newest) to chorus.N.log. */
class LogFile implements DestinationStream {
  #stream: RotatingFileStream | undefined;
  #retryAtMs = 0;
  #reported = false;
  /** There are many lines, so all of them share one callback. */
  readonly #written = (error?: Error | null): void => {
    if (!error) this.#reported = false;
  };

  constructor(
    private readonly file: NonNullable<LogOptions['file']>,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly report: (line: string) => void,
  ) {
    this.#stream = this.#open();
  }

  write(line: string): void {
    if (!this.#stream && this.clock.nowMs() >= this.#retryAtMs) this.#stream = this.#open();
    if (!this.#stream || this.#stream.writableLength > MAX_PENDING_BYTES) return;
    this.#stream.write(line, this.#written);
  }

  close(): Promise<void> {
    const stream = this.#stream;
    if (!stream || stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      stream.once('finish', resolve);
      stream.once('error', () => resolve());
      stream.end();
    });
  }

  #open(): RotatingFileStream {
    const { folder, name = 'chorus.log', maxBytes, keep } = { ...LOG_FILE_DEFAULTS, ...this.file };
    const stem = name.replace(/\.log$/, '');
    const stream = createStream(
      (index: number | Date | null) => (typeof index === 'number' ? `${stem}.${index}.log` : name),
      { path: folder, size: `${maxBytes}B`, rotate: keep, mode: 0o600 },
    );
    stream.on('error', (error) => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#retryAtMs = this.clock.nowMs() + RETRY_AFTER_MS;
      stream.destroy();
      if (!this.#reported)
        this.report(`chorus: the log file cannot be written (${error.message}); the log goes on without it\n`);
      this.#reported = true;
    });
    return stream;
  }
}

class RedactingLogger implements Logger {
  constructor(
    private readonly pino: Pino,
    private readonly filter: Filter,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.#log('debug', message, fields);
  }
  info(message: string, fields?: LogFields): void {
    this.#log('info', message, fields);
  }
  warn(message: string, fields?: LogFields): void {
    this.#log('warn', message, fields);
  }
  error(message: string, fields?: LogFields): void {
    this.#log('error', message, fields);
  }

  child(fields: LogFields): Logger {
    return new RedactingLogger(this.pino.child(redact(fields, this.filter.rules)), this.filter);
  }

  #log(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (!this.filter.allows(level)) return;
    this.pino[level](fields ? redact(fields, this.filter.rules) : {}, message);
  }
}
