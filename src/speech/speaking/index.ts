export { type IntakeLimits } from './chunk-intake.js';
export { DEFAULT_PACING, PacingSchedule, type PacingSettings } from './pacing-schedule.js';
export { PacedReply, Pacer, type PacedReplyOptions, type PacerOptions } from './pacer.js';
export type * from './speaking-port.js';
export { type DeviceQueueFacts, queueCeiling } from './queue-ceiling.js';
export type { OpusSettings } from './sentence-encoder.js';
export type { PhraseCacheSettings } from './phrase-cache.js';
export { ShippedPhrases } from './shipped-phrases.js';
export {
  createSpeaking,
  DEFAULT_LIMITS,
  type Phrase,
  type SpeakingOptions,
  type SpeakingService,
  type SpeakingSettings,
} from './speaking.js';
export {
  createSpeechEncoder,
  type EncodeRequest,
  type SpeechEncoder,
  type SpeechEncoderOptions,
  type SpeechSource,
} from './speech-encoder.js';
