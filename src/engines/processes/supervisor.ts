import type { ChildProcess } from 'node:child_process';
import { Cancelled, ChorusError, type Logger, type TimerHandle } from '../../core/index.js';
import type { ChildOptions } from './child-options.js';
import { type CallOptions, ChildJob } from './job.js';
import { fromWire } from './serve.js';
import { ChildOutput } from './output.js';
import { Incarnation } from './incarnation.js';
import type { FromChild } from './protocol.js';
import { RestartPolicy } from './restart-policy.js';
import { lowerPriority, spawnChild } from './spawn.js';
import type { EngineStatus } from '../engine-port.js';
import { readRunDelays } from './run-delay.js';

/** A process that was ready for this long is restarted without a pause, however often it dies (ADR 26). */
const SERVED_MS = 10_000;
const CLOSE_GRACE_MS = 200;
/** The system has no free file descriptors, processes or memory. These failures do not count as deaths of the child. */
const NO_ROOM = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM']);
const NO_ROOM_RETRY_MS = 1_000;
/** How long to wait after 'exit' for the last lines on stderr. */
const LAST_WORDS_MS = 200;
/**
 * A job's time limit is counted in slices. After a stall of the machine, timers fire before answers are read. A stall
 * then costs only one slice.
 */
const WATCH_SLICES = 10;
const MAX_JOBS = 1_024;

/**
 * A supervised child process. The jobs of a dead process run again, unless their options forbid a retry. A native job
 * that was in the child at two deaths is quarantined. Every call settles.
 */
export class SupervisedChild {
  readonly #jobs = new Map<number, ChildJob>();
  #nextId = 1;
  #current: Incarnation | undefined;
  #state: EngineStatus['state'] = 'starting';
  #failure: ChorusError | undefined;
  #restarts = 0;
  #wasReady = false;
  readonly #restartPolicy = new RestartPolicy();
  #respawn: TimerHandle | undefined;
  #toldNoRoom = false;
  #niceCommand: string | undefined;
  #started: Promise<void> | undefined;
  #settleStart: { resolve(): void; reject(error: unknown): void } | undefined;
  #closed: Promise<void> | undefined;
  readonly #log: Logger;

  constructor(private readonly options: ChildOptions) {
    this.#log = options.log.child({ engine: options.name });
    this.#niceCommand = options.niceCommand ?? (process.platform === 'win32' ? undefined : 'nice');
    // Closes as soon as the scope ends. `onClose` comes after the tasks of the scope, which may wait for this process.
    options.scope.signal.addEventListener('abort', () => void this.close(), { once: true });
    options.scope.onClose(() => this.close());
  }

  /**
   * Resolves when the process is ready. Rejects with the error of `init`, with `engine.failed` after three deaths, or
   * with Cancelled (closed). After a failure, the process is still started again after a pause.
   */
  start(): Promise<void> {
    this.#started ??= new Promise((resolve, reject) => {
      this.#settleStart = { resolve, reject };
      if (this.#closed) reject(new Cancelled(`${this.options.name} closed`));
      else this.#spawn();
    });
    return this.#started;
  }

  status(): EngineStatus {
    const { name } = this.options;
    const pid = this.#current?.gone === false ? this.#current.process.pid : undefined;
    return {
      name,
      state: this.#state,
      pid,
      restarts: this.#restarts,
      reason: this.#state === 'ready' ? undefined : this.#failure?.message,
    };
  }

  /**
   * Runs one job. Waits while the child starts or restarts. Rejects with the child's error, `engine.crashed`,
   * `engine.hung`, `engine.quarantined`, `engine.failed`, `capacity.queue_full`, Cancelled (closed), or the signal's
   * reason.
   */
  call<T>(request: unknown, options: CallOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const refusal = this.#refusal(options.signal);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const id = this.#nextId++;
      const onAbort = (): void => this.#abort(id);
      this.#jobs.set(id, new ChildJob(id, request, options, (value) => resolve(value as T), reject, onAbort));
      this.#dispatch();
    });
  }

  /** Sends a message that needs no answer. Returns false if no child is ready or the channel is full. */
  post(message: unknown): boolean {
    const child = this.#current;
    if (!child?.canPost) return false;
    child.send({ type: 'post', message });
    return true;
  }

  /** Resolves when the process has ended. Pending jobs reject with Cancelled. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #refusal(signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason ?? new Cancelled('job');
    if (this.#closed) return new Cancelled(`${this.options.name} closed`);
    if (this.#state === 'failed') return this.#failed();
    if (this.#jobs.size >= MAX_JOBS)
      return new ChorusError('capacity.queue_full', `too many jobs for the ${this.options.name} process`);
    return undefined;
  }

  #failed(): ChorusError {
    return this.#failure ?? new ChorusError('engine.failed', `the ${this.options.name} process is not available`);
  }

  #abort(id: number): void {
    const job = this.#jobs.get(id);
    if (!job) return;
    if (!job.sent) {
      this.#jobs.delete(id);
      job.fail(job.abortReason);
      return;
    }
    if (this.#current?.ready) this.#current.send({ type: 'cancel', id });
    if (!job.waitOnCancel) job.abandon();
  }

  #dispatch(): void {
    const child = this.#current;
    if (this.#state !== 'ready' || !child?.ready) return;
    let suspects = [...this.#jobs.values()].filter((job) => job.sent && job.suspect).length;
    for (const job of this.#jobs.values()) {
      if (job.sent || (job.suspect && suspects > 0)) continue;
      if (job.suspect) suspects += 1;
      job.markSent();
      this.#watch(child, job, WATCH_SLICES);
      child.send({ type: 'call', id: job.id, request: job.request });
    }
  }

  #watch(child: Incarnation, job: ChildJob, slicesLeft: number): void {
    job.timer = this.options.clock.after(job.limitMs / WATCH_SLICES, () => {
      this.#lookAtDelays(child, job);
      if (slicesLeft > 1) this.#watch(child, job, slicesLeft - 1);
      else if (job.extend(job.limitMs / WATCH_SLICES)) this.#watch(child, job, 1);
      else this.#overdue(child, job);
    });
  }

  #lookAtDelays(child: Incarnation, job: ChildJob): void {
    const { pid } = child.process;
    if (pid === undefined) return;
    const { scope, runDelays = readRunDelays } = this.options;
    scope.fork('look how long a process waited', async () => {
      const delays = await runDelays(pid);
      if (delays) job.waited(delays);
    });
  }

  #overdue(child: Incarnation, job: ChildJob): void {
    const error = new ChorusError('engine.hung', `a job ran for more than ${Math.round(job.limitMs)} ms`);
    child.kill('hung', error);
  }

  #spawn(): void {
    this.#respawn = undefined;
    const { clock, name, startTimeoutMs, niceness, spawn = spawnChild } = this.options;
    let process: ChildProcess;
    try {
      process = spawn({
        name,
        entry: this.options.entry,
        env: this.options.env ?? {},
        niceness,
        niceCommand: this.#niceCommand,
      });
    } catch (error) {
      // Node throws some errors, such as a lack of memory, and emits others, such as a missing program, as an event.
      this.#notStarted(error as NodeJS.ErrnoException);
      return;
    }
    const startTimer = clock.after(startTimeoutMs, () => {
      child.kill(
        'start',
        new ChorusError('engine.failed', `the ${name} process was not ready after ${startTimeoutMs} ms`),
      );
    });
    const child = new Incarnation(process, new ChildOutput(clock, this.#log), startTimer);
    this.#current = child;
    process.on('error', (error: NodeJS.ErrnoException) => this.#spawnError(child, error));
    if (process.pid === undefined) return; // The 'error' event follows.
    if (this.#niceCommand === undefined && niceness !== 0) lowerPriority(process.pid, niceness);
    if (process.stdout) child.output.read(process.stdout, 'stdout');
    if (process.stderr) child.output.read(process.stderr, 'stderr');
    process.on('message', (message) => this.#onMessage(child, message as FromChild)); // Both ends are the same build.
    process.on('exit', (code, signal) => {
      const lastWords = clock.after(LAST_WORDS_MS, () => this.#gone(child, code, signal));
      process.on('close', () => {
        lastWords.cancel();
        this.#gone(child, code, signal);
      });
    });
    child.send({ type: 'init', init: this.options.init });
  }

  #spawnError(child: Incarnation, error: NodeJS.ErrnoException): void {
    if (child.process.pid !== undefined) {
      this.#log.debug('child process channel error', { error: error.message });
      return;
    }
    child.startTimer.cancel();
    child.gone = true;
    if (this.#closed) return;
    if (error.code === 'ENOENT' && this.#niceCommand !== undefined) {
      this.#log.warn('the program nice is missing: inference threads run at normal priority', {
        problem: 'engine.no_nice',
      });
      this.#niceCommand = undefined;
      this.#spawn();
      return;
    }
    this.#notStarted(error);
  }

  #notStarted(error: NodeJS.ErrnoException): void {
    if (NO_ROOM.has(error.code ?? '')) {
      this.#waitForRoom(error);
      return;
    }
    this.#died(
      'start',
      new ChorusError('engine.failed', `the ${this.options.name} process cannot be started: ${error.message}`, {
        cause: error,
      }),
    );
  }

  #waitForRoom(error: Error): void {
    if (!this.#toldNoRoom)
      this.#log.error('no room for a child process', { problem: 'engine.no_room', reason: error.message });
    this.#toldNoRoom = true;
    this.#failure = new ChorusError('engine.failed', error.message, { cause: error });
    this.#respawn = this.options.clock.after(NO_ROOM_RETRY_MS, () => this.#spawn());
  }

  #onMessage(child: Incarnation, message: FromChild): void {
    switch (message.type) {
      case 'ready':
        this.#onReady(child);
        break;
      case 'refused':
        child.kill('refused', fromWire(message.error));
        break;
      case 'event':
        this.options.onEvent?.(message.event);
        break;
      case 'result':
        this.#take(message.id)?.succeed(message.value);
        this.#dispatch();
        break;
      case 'failed':
        this.#take(message.id)?.fail(fromWire(message.error));
        this.#dispatch();
        break;
    }
  }

  #take(id: number): ChildJob | undefined {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    return job;
  }

  #onReady(child: Incarnation): void {
    if (this.#closed || child.gone) return;
    child.startTimer.cancel();
    child.ready = true;
    child.readyAtMs = this.options.clock.nowMs();
    this.#state = 'ready';
    this.#failure = undefined;
    this.#toldNoRoom = false;
    this.#log.info('child process ready', { pid: child.process.pid });
    this.#settleStart?.resolve();
    this.#started = Promise.resolve();
    if (this.#wasReady) this.options.onRestart?.();
    this.#wasReady = true;
    this.options.onReady?.();
    this.#dispatch();
  }

  #gone(child: Incarnation, code: number | null, signal: NodeJS.Signals | null): void {
    if (child.gone) return;
    child.gone = true;
    child.ready = false;
    child.startTimer.cancel();
    if (this.#closed) return;
    const how = signal ? `ended by ${signal}` : `ended with code ${code}`;
    const lastLine = child.output.lastLine();
    const killed = child.killedFor;
    const error =
      killed?.error ??
      new ChorusError('engine.crashed', `the ${this.options.name} process ${how}${lastLine ? `: ${lastLine}` : ''}`);
    const served = child.readyAtMs !== undefined && this.options.clock.nowMs() - child.readyAtMs >= SERVED_MS;
    this.#died(killed?.kind ?? 'crash', error, served);
  }

  #died(kind: 'hung' | 'start' | 'refused' | 'crash', error: ChorusError, served = false): void {
    const { clock, name } = this.options;
    // A refusal by `init` is hopeless, because a new process would refuse the same files.
    const { failed, deaths, delayMs } = this.#restartPolicy.died(clock.nowMs(), {
      wasReady: this.#state === 'ready',
      served,
      hopeless: kind === 'refused' || this.#state === 'failed',
    });
    this.#restarts += 1;
    this.options.metrics.count('chorus_engine_restarts_total', { engine: name, reason: kind });
    this.#log.error('child process died', { problem: 'engine.died', reason: error.message, code: error.code, deaths });

    for (const job of this.#jobs.values()) {
      if (job.sent && job.lost(error) === 'settled') this.#jobs.delete(job.id);
    }
    this.#failure =
      failed && kind !== 'refused' ? new ChorusError('engine.failed', error.message, { cause: error }) : error;
    this.#state = failed ? 'failed' : this.#state === 'starting' ? 'starting' : 'restarting';
    this.options.onLost?.();
    this.#respawn = clock.after(delayMs, () => this.#spawn());
    if (!failed) return;
    const failure = this.#failure;
    for (const job of this.#jobs.values()) job.fail(failure);
    this.#jobs.clear();
    this.#settleStart?.reject(failure);
  }

  async #close(): Promise<void> {
    const { clock, name } = this.options;
    const reason = new Cancelled(`${name} closed`);
    this.#respawn?.cancel();
    this.#state = 'closed';
    for (const job of this.#jobs.values()) job.fail(reason);
    this.#jobs.clear();
    this.#settleStart?.reject(reason);
    const child = this.#current;
    if (!child || child.gone) return;
    child.startTimer.cancel();
    if (child.process.pid === undefined || child.process.exitCode !== null || child.process.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const kill = clock.after(CLOSE_GRACE_MS, () => child.process.kill('SIGKILL'));
      child.process.once('exit', () => {
        kill.cancel();
        resolve();
      });
      // The child exits when the channel closes, unless it hangs.
      if (child.process.connected) child.process.disconnect();
    });
    child.gone = true;
  }
}
