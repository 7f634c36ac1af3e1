import type { ChildProcess } from 'node:child_process';
import type { ChorusError, TimerHandle } from '../../core/index.js';
import type { ChildOutput } from './output.js';
import type { ToChild } from './protocol.js';

const MAX_UNWRITTEN_POSTS = 256;

/** One process of a {@link SupervisedChild}, which starts a new one when a process dies. */
export class Incarnation {
  /** Why the main process killed this process. Undefined: it was not killed by the main process. */
  killedFor: { readonly kind: 'hung' | 'start' | 'refused'; readonly error: ChorusError } | undefined;
  ready = false;
  /** Time at which the process became ready (`Clock.nowMs`). Undefined: it was never ready. */
  readyAtMs: number | undefined;
  gone = false;
  #unwritten = 0;

  constructor(
    readonly process: ChildProcess,
    readonly output: ChildOutput,
    readonly startTimer: TimerHandle,
  ) {}

  /** False: the process is not ready, or the channel to it is full. */
  get canPost(): boolean {
    return this.ready && !this.gone && this.#unwritten < MAX_UNWRITTEN_POSTS;
  }

  send(message: ToChild): void {
    this.#unwritten += 1;
    // A failed write needs no handling: the process is dying, and its exit settles its jobs.
    this.process.send(message, () => {
      this.#unwritten -= 1;
    });
  }

  kill(kind: 'hung' | 'start' | 'refused', error: ChorusError): void {
    this.killedFor ??= { kind, error };
    this.process.kill('SIGKILL');
  }
}
