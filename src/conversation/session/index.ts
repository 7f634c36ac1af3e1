export type * from '../../device/device-port.js';
export { createSessionHost, type RunningSessionHost, type SessionHostOptions } from './host.js';
export { phrase, spokenPhrases } from './phrases.js';
export type { NoticeSource } from './notice-port.js';
export { DailyUse } from './daily-use.js';
