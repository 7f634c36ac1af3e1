/** State of a supervised child process, as the rest of the server sees it. */
export interface EngineStatus {
  readonly name: string;
  /**
   * `failed`: the process cannot start: it died three times in 60 s, or its `init` failed. It is started again after a
   * growing pause.
   */
  readonly state: 'starting' | 'ready' | 'restarting' | 'failed' | 'closed';
  readonly pid: number | undefined;
  readonly restarts: number;
  /** Why the process is not ready, as text. */
  readonly reason: string | undefined;
}
