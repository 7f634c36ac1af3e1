import type { Readable } from 'node:stream';
import type { Clock, Logger } from '../../core/index.js';

const MAX_LINE_CHARS = 500;
const MAX_LINES_PER_PERIOD = 50;
const PERIOD_MS = 10_000;
const KEPT_LINES = 5;

/** Logs the output of a child, at most 50 lines in 10 s. The last lines are kept to explain why the child died. */
export class ChildOutput {
  readonly #last: string[] = [];
  #periodStartMs = -Infinity;
  #linesInPeriod = 0;
  #suppressed = 0;

  constructor(
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  read(stream: Readable, name: 'stdout' | 'stderr'): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
      for (const line of lines) this.#line(line, name);
    });
    stream.on('end', () => this.#line(rest, name));
    stream.on('error', (error) => this.log.debug('child output ended', { error: error.message }));
  }

  /** May explain why the child died. Returns undefined if the child wrote nothing. */
  lastLine(): string | undefined {
    return this.#last.at(-1);
  }

  #line(text: string, stream: string): void {
    const line = text.slice(0, MAX_LINE_CHARS).trim();
    if (line === '') return;
    this.#last.push(line);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#periodStartMs >= PERIOD_MS) {
      if (this.#suppressed > 0)
        this.log.warn('child output suppressed', { problem: 'engine.output_suppressed', lines: this.#suppressed });
      this.#periodStartMs = nowMs;
      this.#linesInPeriod = 0;
      this.#suppressed = 0;
    }
    this.#linesInPeriod += 1;
    if (this.#linesInPeriod <= MAX_LINES_PER_PERIOD) this.log.debug('child output', { stream, line });
    else this.#suppressed += 1;
  }
}
