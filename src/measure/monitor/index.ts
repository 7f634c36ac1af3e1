export { findingsOf, type MonitorFindings } from './findings.js';
export type { MonitorMode } from './observation.js';
export { observe, type MonitorProgress } from './observe.js';
export { reportName } from './result.js';
export { writeReport } from './write-report.js';
