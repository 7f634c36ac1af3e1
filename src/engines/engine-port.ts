/** State of a supervised child process, as the rest of the server sees it. */
export interface EngineStatus {
  readonly name: string;
  /** `failed`: three deaths in 60 s; it is tried again after a back-off. */
  readonly state: 'starting' | 'ready' | 'restarting' | 'failed' | 'closed';
  readonly pid: number | undefined;
  readonly restarts: number;
  /** Why the process is not ready, in words. */
  readonly reason: string | undefined;
}
