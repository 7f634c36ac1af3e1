import type { Environment } from '../config/index.js';

/** Who starts the server again when it has ended; undefined: nobody that can be recognised. */
export type Supervisor = 'systemd' | 'container';

/** With which the process ends when it is to be started again: a failure to systemd (`Restart=on-failure`), as any end is to container engines. */
export const RESTART_EXIT_CODE = 11;

/** systemd says which process it has started (SYSTEMD_EXEC_PID, since 248); the first process of a container is its engine's. */
export function supervisorOf(env: Environment, pid: number): Supervisor | undefined {
  if (env['SYSTEMD_EXEC_PID'] === String(pid)) return 'systemd';
  return pid === 1 ? 'container' : undefined;
}
