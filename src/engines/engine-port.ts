/** State of a supervised child process, as the rest of the server sees it. */
export interface EngineStatus {
  readonly name: string;
  /** `failed`: three deaths in 60 s. The process is started again after a back-off. */
  readonly state: 'starting' | 'ready' | 'restarting' | 'failed' | 'closed';
  readonly pid: number | undefined;
  readonly restarts: number;
  /** Reason why the process is not ready, as text. */
  readonly reason: string | undefined;
}
