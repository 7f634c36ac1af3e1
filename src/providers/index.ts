export * from './tools/index.js';
export * from './memory/index.js';
export * from './descriptor.js';
export * from './imported-settings.js';
export * from './registry.js';
export { Circuit, SERVICE_CIRCUIT, type CircuitCall } from './circuit.js';
export { Circuits } from './circuits.js';
export { RequestedPause } from './wire/requested-pause.js';
export { ServiceClient } from './wire/service-client.js';
export { serviceWords } from './wire/service-words.js';
export { ttsWords } from './tts/words.js';
export { RateWindows } from './rate-window.js';
export { ServiceGates } from './service-gates.js';
export * from './settings.js';
export { meteredRecognition, type Spender } from './spending.js';
export { addFolderModels } from './folder-models.js';
export { createLlm, llmChoiceOf, type LlmChoice, type LlmOptions } from './llm/create-llm.js';
export { toolsForModels } from './llm/tools-for-models.js';
export { probeLlm, tryModel, type LlmQuestion } from './llm/probe-llm.js';
export { standingTexts } from './llm/offline/index.js';
export type * from './llm/llm-port.js';
export { ReplyTimer } from './llm/reply-timer.js';
export { writeToolResult } from './llm/tool-result.js';
export type * from './realtime/realtime-port.js';
export {
  createVoices,
  heardSettings,
  sharedVoices,
  type SharedVoices,
  type VoicesContext,
} from './tts/create-voices.js';
export type { AsrProvider } from './asr/asr-port.js';
export type { TtsAudio, TtsProvider } from './tts/tts-port.js';
export type {
  LocalVoiceClient,
  LocalVoiceEngine,
  LocalVoicePcm,
  LocalVoiceRequest,
  LocalVoiceSynthesis,
} from './tts/local.js';
export { reachedBefore, tryChosen, untilReached } from './tts/try-voice.js';
export { voiceOrder, voicesFor } from './tts/voice-order.js';
