import { systemClock } from '../core/index.js';
import { createProcessReader, type ProcessReading } from '../platform/machine/index.js';
import type { Fairness } from '../capacity/index.js';
import type { PrometheusMetrics } from '../platform/telemetry/index.js';
import type { EngineStatus } from '../engines/index.js';

export interface MeasuredServer {
  readonly metrics: PrometheusMetrics;
  readonly engines: () => readonly EngineStatus[];
  readonly slotCount: number;
  /** How fairly CPU time is divided among devices. */
  readonly fairness: () => Fairness | undefined;
  readonly maxTalking: () => number;
}

/** Measures at each `/metrics` request. Takes well under 1 ms. */
export function measureServer({ metrics, engines, slotCount, fairness, maxTalking }: MeasuredServer): void {
  const reader = createProcessReader({ clock: systemClock });
  let before = new Map<string, number>();
  metrics.gauge('chorus_slots', slotCount);
  metrics.onCollect(async () => {
    metrics.gauge('chorus_talking_limit', maxTalking());
    const { jain, largest } = fairness() ?? { jain: 1, largest: 0 };
    metrics.gauge('chorus_fairness_jain_ratio', jain);
    metrics.gauge('chorus_fairness_largest_share_ratio', largest);
    for (const [engine, up] of upByName(engines())) metrics.gauge('chorus_engine_up', up, { engine });
    const readings = await reader.read([process.pid]);
    for (const [name, own] of byName(readings)) {
      metrics.gauge(
        'chorus_process_resident_bytes',
        sum(own, ({ rssBytes }) => rssBytes),
        { process: name },
      );
      metrics.gauge(
        'chorus_process_open_files',
        sum(own, ({ openFiles }) => openFiles),
        { process: name },
      );
    }
    before = countCpu(metrics, readings, before);
  });
}

/** Adds what each process used since the last reading. The counter therefore does not fall when a process restarts. */
function countCpu(
  metrics: PrometheusMetrics,
  readings: readonly ProcessReading[],
  before: ReadonlyMap<string, number>,
): Map<string, number> {
  const now = new Map<string, number>();
  for (const reading of readings) {
    const key = `${reading.pid}@${reading.startedTicks}`;
    now.set(key, reading.cpuSeconds);
    metrics.count(
      'chorus_process_cpu_seconds_total',
      { process: nameOf(reading) },
      Math.max(0, reading.cpuSeconds - (before.get(key) ?? 0)),
    );
  }
  return now;
}

/** The value is 1 if all engines of the name are ready. Two languages may have engines of the same name. */
function upByName(engines: readonly EngineStatus[]): Map<string, number> {
  const up = new Map<string, number>();
  for (const { name, state } of engines) up.set(name, Math.min(up.get(name) ?? 1, state === 'ready' ? 1 : 0));
  return up;
}

function byName(readings: readonly ProcessReading[]): Map<string, ProcessReading[]> {
  const groups = new Map<string, ProcessReading[]>();
  for (const reading of readings) groups.set(nameOf(reading), [...(groups.get(nameOf(reading)) ?? []), reading]);
  return groups;
}

/** This process is the server even if its command line is unusual, as in a test. */
function nameOf({ pid, name }: ProcessReading): string {
  return pid === process.pid ? 'main' : name;
}

function sum(readings: readonly ProcessReading[], of: (reading: ProcessReading) => number | undefined): number {
  return readings.reduce((total, reading) => total + (of(reading) ?? 0), 0);
}
