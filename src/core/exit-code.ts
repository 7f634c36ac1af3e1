/**
 * Exit code of a process that must be started again. systemd regards it as a failure (`Restart=on-failure`). Container
 * engines restart a process after any code.
 */
export const RESTART_EXIT_CODE = 11;
