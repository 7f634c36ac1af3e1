import type { ChildProcess } from 'node:child_process';
import type { ChorusError, TimerHandle } from '../../core/index.js';
import type { ChildOutput } from './output.js';
import type { ToChild } from './protocol.js';

const MAX_UNWRITTEN_POSTS = 256;

/** One process of a {@link SupervisedChild}. */
export class Incarnation {
  /** Undefined if the main process did not kill this process. */
  killedFor: { readonly kind: 'hung' | 'start' | 'refused'; readonly error: ChorusError } | undefined;
  ready = false;
  /** In `Clock.nowMs` time. Undefined if the process was never ready. */
  readyAtMs: number | undefined;
  gone = false;
  #unwritten = 0;

  constructor(
    readonly process: ChildProcess,
    readonly output: ChildOutput,
    readonly startTimer: TimerHandle,
  ) {}

  get canPost(): boolean {
    return this.ready && !this.gone && this.#unwritten < MAX_UNWRITTEN_POSTS;
  }

  send(message: ToChild): void {
    this.#unwritten += 1;
    // A failed write needs no handling, because the exit of the process settles its jobs.
    this.process.send(message, () => {
      this.#unwritten -= 1;
    });
  }

  kill(kind: 'hung' | 'start' | 'refused', error: ChorusError): void {
    this.killedFor ??= { kind, error };
    this.process.kill('SIGKILL');
  }
}
