export { LLM_ERRORS, standInOptions, TTS_ERRORS, type StandInOptions } from './options.js';
export type { LlmRequestRecord, TtsRequestRecord } from './request-log.js';
export { startStandIns, type StandInReport, type StandIns, type StartStandInsOptions } from './stand-ins.js';
