import { type Clock, type Logger, RESTART_EXIT_CODE, sleep, type Scope } from '../core/index.js';
import type { LifecycleControl } from '../admin/index.js';
import type { ChorusServer } from './options.js';
import type { RunningSessionHost } from '../conversation/session/index.js';
import type { Environment, LiveConfig } from '../config/index.js';

/** The program that starts the server again after its end. */
export type Supervisor = 'systemd' | 'container';

/**
 * systemd names the process that it has started (SYSTEMD_EXEC_PID, since 248). The first process of a container was
 * started by the container engine. Undefined: no supervisor can be recognised.
 */
export function supervisorOf(env: Environment, pid: number): Supervisor | undefined {
  if (env['SYSTEMD_EXEC_PID'] === String(pid)) return 'systemd';
  return pid === 1 ? 'container' : undefined;
}

export interface DrainRequest {
  /** Reason for the log: `signal`, `command`, `weekly restart`. */
  readonly reason: string;
  /** Maximum time for utterances and replies under way, in ms. After it they are cut. */
  readonly withinMs: number;
  /** True: the supervisor is to start the process again. */
  readonly restart: boolean;
}

export interface DrainParts {
  /** A function, because the server is created after this object. */
  readonly server: () => Pick<ChorusServer, 'drain' | 'connections'>;
  readonly sessions: Pick<RunningSessionHost, 'drain' | 'talking'>;
  readonly root: Scope;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Ends the server once. It refuses new devices, answers utterances under way, and then closes everything. */
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
   * Drains, and resolves when everything is closed. Another request may shorten the wait but never lengthen it. The
   * last request decides about the restart.
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
    log[cut > 0 ? 'warn' : 'info']('drained', {
      ...(cut > 0 && { problem: 'server.drained_early' }),
      tookMs: Math.round(clock.nowMs() - beganMs),
      cut,
    });
    await root.close(reason);
  }
}

/** The drain as the admin API offers it to commands and the page. */
export function createLifecycle(
  drain: Drain,
  live: LiveConfig,
  supervisor: Supervisor | undefined,
  log: Logger,
): LifecycleControl {
  return {
    drain: ({ withinMs = live.current.server.drain_ms, restart }) => {
      // The drain closes the root scope, so it cannot be one of its tasks.
      drain
        .request({ reason: 'command', withinMs, restart })
        .catch((error: unknown) => log.error('the drain failed', { problem: 'server.drain_failed', error }));
      return { withinMs, exitCode: restart ? RESTART_EXIT_CODE : 0, ...(supervisor !== undefined && { supervisor }) };
    },
  };
}
