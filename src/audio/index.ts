export { FlacDecoder } from './flac.js';
export * from './format.js';
export * from './limiter.js';
export {
  LoudnessLeveler,
  LoudnessMeter,
  lufs,
  mergeLoudness,
  SPEECH_TARGET_LUFS,
  type VoiceLoudness,
} from './loudness.js';
export { Mp3Decoder } from './mp3.js';
export { OggDecoder } from './ogg-decoder.js';
export { writeOggOpus, type TimedPacket } from './ogg-opus.js';
export * from './opus.js';
export * from './pcm.js';
export * from './resample.js';
export * from './wav.js';
export { speechOfWav } from './wav-speech.js';
export { spokenUnits, spokenUnitsOf } from './spoken-length.js';
