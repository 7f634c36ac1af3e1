/** The exports of `xiaozhi-chorus/plugin`, for a package that adds a provider or a tool. See docs/plugins.md. */
import type { ProviderDescriptor } from '../providers/descriptor.js';
import type { Tool } from '../conversation/tools/tool.js';

export { z } from 'zod';
export type { SpeechFormat } from '../audio/format.js';
export { spokenUnits } from '../audio/spoken-length.js';
export {
  defineTool,
  type Tool,
  type ToolAnswer,
  type ToolContext,
  type ToolEffects,
  type ToolRun,
  type ToolWords,
} from '../conversation/tools/tool.js';
export { both, type Bilingual, type UiLanguage } from '../core/language.js';
export { ChorusError } from '../core/errors/errors.js';
export type { AsrProvider, AsrRequest, Transcript } from '../providers/asr/asr-port.js';
export {
  defineLanguageModel,
  defineRecognitionService as defineRecognizer,
  defineVoice,
  type LanguageModelDescriptor,
  type ProviderDescriptor,
  type RecognitionServiceDescriptor,
  type VoiceDescriptor,
} from '../providers/descriptor.js';
export type { ChatMessage, LlmDelta, LlmProvider, LlmRequest, ToolCall, ToolSpec } from '../providers/llm/llm-port.js';
export { httpUrl, noSettings, secret, text, words, type ServiceLimits } from '../providers/settings.js';
export type { TtsAudio, TtsProvider, TtsRequest } from '../providers/tts/tts-port.js';

/** The version of the interface. It changes when plug-ins for the previous version would no longer work. */
export const API_VERSION = 1;

/** The default export of a plug-in. */
export interface Plugin {
  readonly apiVersion: typeof API_VERSION;
  /** Created by {@link defineVoice}, {@link defineRecognizer} and {@link defineLanguageModel}. */
  readonly providers?: readonly ProviderDescriptor[];
  /** Created by {@link defineTool}. */
  readonly tools?: readonly Tool[];
}

/** Gives the content of a plug-in its types. The server checks the values when it loads the plug-in. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
