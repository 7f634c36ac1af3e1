import type { Clock } from '../../core/index.js';
import type { MonitorFindings } from './findings.js';

/** Version of the format of the JSON report. The version rises when a field changes its meaning. */
export const MONITOR_REPORT_VERSION = 1;

export interface MonitorReport extends Omit<MonitorFindings, 'observation'> {
  readonly format: 'chorus-monitor';
  readonly version: typeof MONITOR_REPORT_VERSION;
  readonly producer: string;
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly observation: MonitorFindings['observation'];
}

export function reportOf(findings: MonitorFindings, command: string, producer: string): MonitorReport {
  const { verdict, targets, advice, figures, observation } = findings;
  return {
    format: 'chorus-monitor',
    version: MONITOR_REPORT_VERSION,
    producer,
    command,
    startedAt: new Date(observation.startedWallMs).toISOString(),
    verdict,
    targets,
    advice,
    figures,
    observation,
  };
}

/** Name in local time, e.g. `performance_report_20261125_140312`. */
export function reportName(clock: Clock): string {
  const now = new Date(clock.wallMs());
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(twoDigits).join('');
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join('');
  return `performance_report_${date}_${time}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
