export { createLog, type LineOutput, type Log, type LogOptions } from './log.js';
export { PrometheusMetrics, type Exposition } from './prometheus.js';
