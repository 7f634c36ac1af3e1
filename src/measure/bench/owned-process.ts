import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { childEntry } from '../../engines/index.js';
import { ChorusError, type Clock, type Scope, withTimeout } from '../../core/index.js';

export interface OwnedProcessOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly scope: Scope;
  /** Time from SIGTERM to SIGKILL. */
  readonly stopWithinMs: number;
  readonly onExit?: (how: string) => void;
  /** Program that starts the process, with its first arguments. It can put the process into a control group. */
  readonly launcher?: readonly string[];
  /** By default the built command, or the sources if this process runs from the sources. */
  readonly entry?: ReturnType<typeof childEntry>;
}

/** Older output is dropped. */
const KEPT_CHARS = 200_000;

/** A `chorus` command in a separate process. The process is stopped when its scope closes. */
export class OwnedProcess {
  #output = '';
  #lines = '';
  readonly #exited: Promise<string>;
  readonly #waiting = new Set<(line: string) => void>();
  readonly #onExit = new Set<(how: string) => void>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: OwnedProcessOptions,
  ) {
    this.#exited = new Promise((resolve) => {
      const ended = (how: string): void => {
        resolve(how);
        options.onExit?.(how);
        for (const onExit of this.#onExit) onExit(how);
      };
      child.once('error', (error) => ended(error.message));
      child.once('exit', (code, signal) => ended(signal ?? `code ${code ?? '?'}`));
    });
    for (const stream of [child.stdout, child.stderr]) this.#collect(stream);
    // An error of this pipe needs no handling, because the end of the process is noticed anyway.
    child.stdin?.on('error', () => undefined);
    options.scope.onClose(() => this.stop());
  }

  static start(options: OwnedProcessOptions): OwnedProcess {
    const { file, execArgv } = options.entry ?? childEntry(import.meta.url, '../../cli/chorus');
    const [launcher, ...before] = options.launcher ?? [];
    const own = [...execArgv, file, ...options.args];
    const child = spawn(
      launcher ?? process.execPath,
      launcher === undefined ? own : [...before, process.execPath, ...own],
      { stdio: ['pipe', 'pipe', 'pipe'], env: { ...options.env } },
    );
    return new OwnedProcess(child, options);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get output(): string {
    return this.#output;
  }

  get exited(): Promise<string> {
    return this.#exited;
  }

  /**
   * Passes each new line of output to `read`, and resolves with the first value that is not undefined. Rejects if the
   * process ends before.
   */
  async firstLine<T>(read: (line: string) => T | undefined, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    return await new Promise<T>((resolve, reject) => {
      const onLine = (line: string): void => {
        const value = read(line);
        if (value === undefined) return;
        done();
        resolve(value);
      };
      const onAbort = (): void => {
        done();
        reject(signal.reason);
      };
      const onExit = (how: string): void => {
        done();
        reject(this.failure(how));
      };
      const done = (): void => {
        this.#waiting.delete(onLine);
        this.#onExit.delete(onExit);
        signal.removeEventListener('abort', onAbort);
      };
      this.#waiting.add(onLine);
      this.#onExit.add(onExit);
      signal.addEventListener('abort', onAbort, { once: true });
      if (!this.alive) onExit('before it said anything');
    });
  }

  failure(how: string): ChorusError {
    return new ChorusError(
      'bench.process_ended',
      `the ${this.options.name} ended (${how}). The end of what it said:\n${this.#output.slice(-2000)}`,
    );
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    const { clock, stopWithinMs } = this.options;
    if (!this.alive || this.child.pid === undefined) return;
    this.child.kill('SIGTERM');
    try {
      await withTimeout(
        clock,
        stopWithinMs,
        undefined,
        () => new Error('still there'),
        () => this.#exited,
      );
    } catch {
      this.child.kill('SIGKILL');
      await this.#exited;
    }
  }

  #collect(stream: Readable | null): void {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      this.#output = (this.#output + text).slice(-KEPT_CHARS);
      if (this.#waiting.size === 0) return;
      this.#lines += text;
      const lines = this.#lines.split('\n');
      this.#lines = lines.pop() ?? '';
      for (const line of lines) for (const wake of this.#waiting) wake(line);
    });
  }
}
