/**
 * Exit code of a process that must be started again. systemd treats this code as a failure (`Restart=on-failure`).
 * Container engines restart a process after any code.
 */
export const RESTART_EXIT_CODE = 11;
