import { type Clock, type Logger, RESTART_EXIT_CODE, sleep, type Scope } from '../core/index.js';
import type { LifecycleControl } from '../admin/index.js';
import type { ChorusServer } from './options.js';
import type { RunningSessionHost } from '../conversation/session/index.js';
import type { Environment, LiveConfig } from '../config/index.js';

/** The program that starts the server again after it ended. */
export type Supervisor = 'systemd' | 'container';

/**
 * Recognises systemd by SYSTEMD_EXEC_PID (since 248), which is the id of the process that systemd started. Recognises a
 * container by process id 1, because its engine starts the first process. Undefined for anything else.
 */
export function supervisorOf(env: Environment, pid: number): Supervisor | undefined {
  if (env['SYSTEMD_EXEC_PID'] === String(pid)) return 'systemd';
  return pid === 1 ? 'container' : undefined;
}

export interface DrainRequest {
  /** Shown in the log, for example `signal`, `command` or `weekly restart`. */
  readonly reason: string;
  /** How long the server waits for current utterances and replies, in ms. */
  readonly withinMs: number;
  /** Whether the supervisor should start the process again. */
  readonly restart: boolean;
}

export interface DrainParts {
  /** This is a function, because the server is made later. */
  readonly server: () => Pick<ChorusServer, 'drain' | 'connections'>;
  readonly sessions: Pick<RunningSessionHost, 'drain' | 'talking'>;
  readonly root: Scope;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Stops the server when current utterances are answered, or when the time for that is over. */
export class Drain {
  readonly #enough = new AbortController();
  #deadlineMs = Infinity;
  #under: Promise<void> | undefined;
  #restart = false;

  constructor(private readonly parts: DrainParts) {}

  get underWay(): boolean {
    return this.#under !== undefined;
  }

  /** Whether the last request asked for a restart. */
  get restart(): boolean {
    return this.#restart;
  }

  /**
   * Resolves when everything is closed. A further request may shorten the wait but never lengthen it. The last request
   * decides whether the server restarts.
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

/** Offers the drain through the admin API. */
export function createLifecycle(
  drain: Drain,
  live: LiveConfig,
  supervisor: Supervisor | undefined,
  log: Logger,
): LifecycleControl {
  return {
    drain: ({ withinMs = live.current.server.drain_ms, restart }) => {
      // The drain is no task of the root scope, because the drain closes that scope.
      drain
        .request({ reason: 'command', withinMs, restart })
        .catch((error: unknown) => log.error('the drain failed', { problem: 'server.drain_failed', error }));
      return { withinMs, exitCode: restart ? RESTART_EXIT_CODE : 0, ...(supervisor !== undefined && { supervisor }) };
    },
  };
}
