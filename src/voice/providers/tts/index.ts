export { espeakTts, type EspeakOptions } from './espeak/espeak.js';
export { fliteTts, type FliteOptions } from './flite/flite.js';
export type { LocalVoiceClient, LocalVoiceEngine, LocalVoicePcm, LocalVoiceRequest, LocalVoiceSynthesis } from './local.js';
export type { TtsAudio, TtsProvider, TtsRequest } from './port.js';
