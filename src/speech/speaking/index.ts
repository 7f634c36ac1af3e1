export { type IntakeLimits } from './chunk-intake.js';
export { DEFAULT_PACING, PacingSchedule, type PacingSettings } from './pacing/pacing-schedule.js';
export { PacedReply, Pacer, type PacedReplyOptions, type PacerOptions } from './pacing/pacer.js';
export { plainSentence, type PlainSpeech, type PlainSpeechOptions } from './plain-speech.js';
export type * from './speaking-port.js';
export { VoiceChain } from './voice-chain.js';
export { joinText } from './pacing/heard-text.js';
export { type DeviceQueueFacts, queueCeiling } from './pacing/device-queue.js';
export type { OpusSettings } from './encoding/sentence-encoder.js';
export type { PhraseCacheSettings } from './phrases/phrase-cache.js';
export { ShippedPhrases } from './phrases/shipped-phrases.js';
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
} from './encoding/speech-encoder.js';
