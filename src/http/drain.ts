import { type Clock, type Logger, sleep, type Scope } from '../core/index.js';
import type { LifecycleControl } from '../admin/index.js';
import type { ChorusServer } from './options.js';
import type { RunningSessionHost } from '../conversation/session/index.js';
import type { Environment, LiveConfig } from '../config/index.js';

/** The program that starts the server again after its end. */
export type Supervisor = 'systemd' | 'container';

/**
 * Exit code of a process that is to be started again: a failure to systemd (`Restart=on-failure`), as any end is to
 * container engines.
 */
export const RESTART_EXIT_CODE = 11;

/**
 * systemd names the process that it has started (SYSTEMD_EXEC_PID, since 248). The first process of a container was
 * started by the container engine. Undefined: no supervisor can be recognised.
 */
export function supervisorOf(env: Environment, pid: number): Supervisor | undefined {
  if (env['SYSTEMD_EXEC_PID'] === String(pid)) return 'systemd';
  return pid === 1 ? 'container' : undefined;
}

export interface DrainRequest {
  /** For the log: `signal`, `command`, `weekly restart`. */
  readonly reason: string;
  /** Longest time for utterances and replies under way, in ms; then they are cut. */
  readonly withinMs: number;
  /** The supervisor shall start the process again. */
  readonly restart: boolean;
}

export interface DrainParts {
  /** Called when it is needed: the server is made after this drain. */
  readonly server: () => Pick<ChorusServer, 'drain' | 'connections'>;
  readonly sessions: Pick<RunningSessionHost, 'drain' | 'talking'>;
  readonly root: Scope;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Ends the server: new devices are refused, utterances under way are heard and answered, then everything is closed.
 * Once.
 */
export class Drain {
  readonly #enough = new AbortController();
  #deadlineMs = Infinity;
  #under: Promise<void> | undefined;
  #restart = false;

  constructor(private readonly parts: DrainParts) {}

  get underWay(): boolean {
    return this.#under !== undefined;
  }

  /** True if the last request asked for a restart. */
  get restart(): boolean {
    return this.#restart;
  }

  /**
   * Resolves when everything is closed. Another request may shorten the wait, never lengthen it, and decides about the
   * restart.
   */
  request(request: DrainRequest): Promise<void> {
    const { root, clock, log, server, sessions } = this.parts;
    const { reason, withinMs, restart } = request;
    this.#restart = restart;
    const deadlineMs = clock.nowMs() + withinMs;
    if (deadlineMs < this.#deadlineMs) {
      this.#deadlineMs = deadlineMs;
      root.fork('drain deadline', async (signal) => {
        await sleep(clock, withinMs, signal);
        this.#enough.abort();
      });
    }
    if (this.#under === undefined) {
      log.info('draining', {
        reason,
        withinMs,
        restart,
        connections: server().connections,
        talking: sessions.talking(),
      });
      this.#under = this.#drain(reason);
    }
    return this.#under;
  }

  async #drain(reason: string): Promise<void> {
    const { root, clock, log, server, sessions } = this.parts;
    const beganMs = clock.nowMs();
    const [cut] = await Promise.all([sessions.drain(this.#enough.signal), server().drain(this.#enough.signal)]);
    log[cut > 0 ? 'warn' : 'info']('drained', { tookMs: Math.round(clock.nowMs() - beganMs), cut });
    await root.close(reason);
  }
}

/** The drain as commands and the page ask for it. */
export function createLifecycle(
  drain: Drain,
  live: LiveConfig,
  supervisor: Supervisor | undefined,
  log: Logger,
): LifecycleControl {
  return {
    drain: ({ withinMs = live.current.server.drain_ms, restart }) => {
      // It closes the root, so it cannot be a task of the root's.
      drain
        .request({ reason: 'command', withinMs, restart })
        .catch((error: unknown) => log.error('the drain failed', { error }));
      return { withinMs, exitCode: restart ? RESTART_EXIT_CODE : 0, ...(supervisor !== undefined && { supervisor }) };
    },
  };
}
