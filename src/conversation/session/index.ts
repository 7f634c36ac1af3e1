export type * from '../../device/device-port.js';
export { createSessionHost, type RunningSessionHost, type SessionHostOptions } from './host.js';
export { busyStatus, EXIT_WORDS, phrase, spokenPhrases, type PhraseKey } from './phrases.js';
export { turnView, type FinishedTurn, type KeptTurn } from './turn-log.js';
export type { TurnOutcome, TurnRecord, TurnRules, TurnStage } from '../turn/index.js';
