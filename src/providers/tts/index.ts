export { EDGE_URL, EDGE_VERSION, edgeTts, type EdgeOptions, type EdgeTts } from './edge/edge.js';
export { espeakTts, type EspeakOptions } from './espeak/espeak.js';
export { fliteTts, type FliteOptions } from './flite/flite.js';
export type {
  LocalVoiceClient,
  LocalVoiceEngine,
  LocalVoicePcm,
  LocalVoiceRequest,
  LocalVoiceSynthesis,
} from './local.js';
export { openAiTts, type OpenAiTtsOptions } from './openai/openai.js';
export type { TtsAudio, TtsProvider, TtsRequest } from './tts-port.js';
export { voiceOrder, voicesFor, type InstalledVoices, type VoiceChoice } from './select.js';
export { withProbe, type ProbeOptions } from './with-probe.js';
