import type { Environment } from '../config/index.js';

/** The program that restarts the server after its end; undefined: none was recognised. */
export type Supervisor = 'systemd' | 'container';

/**
 * Exit code that requests a restart: systemd sees a failure (`Restart=on-failure`), and container engines restart after
 * any end.
 */
export const RESTART_EXIT_CODE = 11;

/**
 * systemd names the process that it started (SYSTEMD_EXEC_PID, since 248). The first process of a container was started
 * by its engine.
 */
export function supervisorOf(env: Environment, pid: number): Supervisor | undefined {
  if (env['SYSTEMD_EXEC_PID'] === String(pid)) return 'systemd';
  return pid === 1 ? 'container' : undefined;
}
