/**
 * Exit code of a process that is to be started again. systemd takes it for a failure (`Restart=on-failure`); container
 * engines start a process again whatever its code.
 */
export const RESTART_EXIT_CODE = 11;
