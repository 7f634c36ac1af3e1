export type * from '../../device/device-port.js';
export { createSessionHost, type RunningSessionHost, type SessionHostOptions } from './host.js';
export { busyStatus, EXIT_WORDS, phrase, spokenPhrases, type PhraseKey } from './phrases.js';
export type { TurnRules } from '../turn/index.js';
export type { NoticeDesk, SpokenNotice } from './notice-port.js';
export { DailyUse, type DailyUseOptions } from './daily-use.js';
