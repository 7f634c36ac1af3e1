export { createLog, type Log, type LogSettings } from './log.js';
export { isSecretKey } from './redaction.js';
export { ProblemRing } from './problem-ring.js';
export { PrometheusMetrics } from './prometheus.js';
export { openTraces, type Traces } from './traces.js';
