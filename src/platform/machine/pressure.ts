/** Share of time in which some, or all, runnable tasks waited for a resource (kernel PSI). */
export interface PressureLine {
  /** Over the last 10 and 60 s, 0 to 1. */
  readonly avg10: number;
  readonly avg60: number;
  /** Time stalled since boot. Differences give the share over any interval. */
  readonly totalSeconds: number;
}

export interface Pressure {
  readonly some: PressureLine;
  /** For `cpu` of the whole machine the kernel always says 0. */
  readonly full: PressureLine | undefined;
}

/** Parses /proc/pressure/*, or a cgroup's *.pressure. Undefined where the kernel has no PSI. */
export function parsePressure(text: string | undefined): Pressure | undefined {
  const some = line(text, 'some');
  return some && { some, full: line(text, 'full') };
}

function line(text: string | undefined, kind: string): PressureLine | undefined {
  const [, avg10, avg60, total] =
    new RegExp(`^${kind} avg10=([\\d.]+) avg60=([\\d.]+) avg300=[\\d.]+ total=(\\d+)$`, 'm').exec(text ?? '') ?? [];
  if (total === undefined) return undefined;
  return { avg10: Number(avg10) / 100, avg60: Number(avg60) / 100, totalSeconds: Number(total) / 1e6 };
}
