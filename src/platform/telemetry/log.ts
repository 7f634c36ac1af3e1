import { pino, multistream, type DestinationStream, type Logger as Pino } from 'pino';
import { createStream, type RotatingFileStream } from 'rotating-file-stream';
import { systemClock, type Clock, type LogFields, type Logger, type LogLevel } from '../../core/index.js';
import { redact, type RedactionRules } from './redaction.js';
import { terminalLine } from './terminal.js';

/** What a terminal stream must have; `process.stderr` fits. */
export interface LineOutput {
  write(line: string): unknown;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Write what people said (fields beginning with `pii`). */
  readonly transcripts: boolean;
  /** Values that never stand in a line: keys and passwords of the configuration. */
  readonly secrets?: readonly string[];
  /** JSON lines in a file of at most `maxBytes`, of which `keep` are kept beside it. Undefined: no file. */
  readonly file?:
    | { readonly folder: string; readonly name?: string; readonly maxBytes?: number; readonly keep?: number }
    | undefined;
  /** Lines for a person, or JSON lines when `format` says so. Undefined: nothing. */
  readonly terminal?:
    | { readonly output: LineOutput; readonly format: 'words' | 'json'; readonly colour: boolean }
    | undefined;
  /** When a file that could not be written is tried again. */
  readonly clock?: Pick<Clock, 'nowMs'>;
}

/** What may be changed while the server runs, for every logger there is. */
export type LogSettings = Pick<LogOptions, 'level' | 'transcripts' | 'secrets'>;

/** A logger that can be ended: what was logged before is on disk when `close` resolves. */
export interface Log {
  readonly logger: Logger;
  configure(settings: LogSettings): void;
  close(): Promise<void>;
}

/** 10 MB and five files in all. */
const DEFAULT_MAX_BYTES = 10_000_000;
const DEFAULT_KEEP = 4;
/** Lines beyond this that the disk has not taken yet are lost rather than kept in memory. */
const MAX_PENDING_BYTES = 4_000_000;

/** A file that cannot be written (the disk is full) is opened again with the first line after this. */
const RETRY_AFTER_MS = 60_000;

/** Of what is written at all; which of it is, {@link Filter} says. */
const LEAST: LogLevel = 'debug';
const WEIGHT: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** What is written: one for a logger and all its children, because pino's children keep the level that they were born with. */
class Filter {
  #settings: LogSettings;

  constructor(settings: LogSettings) {
    this.#settings = settings;
  }

  get rules(): RedactionRules {
    return this.#settings;
  }

  lets(level: LogLevel): boolean {
    return WEIGHT[level] >= WEIGHT[this.#settings.level];
  }

  configure(settings: LogSettings): void {
    this.#settings = settings;
  }
}

/** Never throws later: while the file cannot be written (disk full) the log goes on without it, with one line on the terminal, and it is tried again every minute. */
export function createLog(options: LogOptions): Log {
  const streams: { level: LogLevel; stream: DestinationStream }[] = [];
  const { terminal } = options;
  if (terminal) {
    const write =
      terminal.format === 'json'
        ? (line: string) => terminal.output.write(line)
        : (line: string) => terminal.output.write(terminalLine(line, terminal.colour));
    streams.push({ level: LEAST, stream: { write } });
  }
  const file =
    options.file && new LogFile(options.file, options.clock ?? systemClock, (line) => terminal?.output.write(line));
  if (file) streams.push({ level: LEAST, stream: file });
  const root = pino({ level: LEAST, base: null }, multistream(streams));
  const filter = new Filter(options);
  return {
    logger: new RedactingLogger(root, filter),
    configure: (settings) => filter.configure(settings),
    close: () => file?.close() ?? Promise.resolve(),
  };
}

/** The rotating file: chorus.log, and beside it chorus.1.log (the newest) to chorus.N.log. */
class LogFile implements DestinationStream {
  #stream: RotatingFileStream | undefined;
  #retryAtMs = 0;
  /** Since it was last written. */
  #complained = false;
  /** One for all lines: there are many. */
  readonly #written = (error?: Error | null): void => {
    if (!error) this.#complained = false;
  };

  constructor(
    private readonly file: NonNullable<LogOptions['file']>,
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly complain: (line: string) => void,
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
    const { folder, name = 'chorus.log', maxBytes = DEFAULT_MAX_BYTES, keep = DEFAULT_KEEP } = this.file;
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
      if (!this.#complained)
        this.complain(`chorus: the log file cannot be written (${error.message}); the log goes on without it\n`);
      this.#complained = true;
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
    if (!this.filter.lets(level)) return;
    this.pino[level](fields ? redact(fields, this.filter.rules) : {}, message);
  }
}
