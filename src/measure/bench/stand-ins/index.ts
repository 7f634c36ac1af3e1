export { standInOptions, type StandInOptions } from './options.js';
export type { LlmRequestRecord, TtsRequestRecord } from './request-log.js';
export { startStandIns, type StandInReport } from './stand-ins.js';
