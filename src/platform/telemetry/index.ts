export { createLog, type LineOutput, type Log, type LogOptions, type LogSettings } from './log.js';
export { messageWords } from './problem-words.js';
export { ProblemRing, type Problem } from './problem-ring.js';
export { PrometheusMetrics, type Exposition } from './prometheus.js';
export { openTraces, type TraceOptions, type Traces } from './traces.js';
