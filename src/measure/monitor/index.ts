export { documentOf } from './document.js';
export { findingsOf, type MonitorFindings } from './findings.js';
export type { MonitorMode, Observation, ServerSample } from './observation.js';
export { observe, type MonitorContext, type MonitorOptions, type MonitorProgress } from './observe.js';
export { MONITOR_REPORT_VERSION, reportName, reportOf, type MonitorReport } from './result.js';
export { writeReport, type ReportPlace, type WrittenReport } from './write-report.js';
export { ServerClient, type ServerClientOptions, type ServerTurn } from '../observer/server-client.js';
