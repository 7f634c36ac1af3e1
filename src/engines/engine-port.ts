/** State of a supervised child process. */
export interface EngineStatus {
  readonly name: string;
  /** `failed` means that the process could not start. Further attempts follow after growing pauses. */
  readonly state: 'starting' | 'ready' | 'restarting' | 'failed' | 'closed';
  readonly pid: number | undefined;
  readonly restarts: number;
  /** Why the process is not ready. */
  readonly reason: string | undefined;
}
