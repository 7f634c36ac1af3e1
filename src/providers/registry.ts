import type { z } from 'zod';
import { ChorusError } from '../core/index.js';
import { aliyunNlsRecognition } from './asr/aliyun-nls/index.js';
import { dashscopeRecognition } from './asr/dashscope/index.js';
import { deepgramRecognition } from './asr/deepgram/index.js';
import { funasrRecognition } from './asr/funasr/index.js';
import { qwenRecognition } from './asr/qwen-asr/index.js';
import { tencentRecognition } from './asr/tencent/index.js';
import { wyomingRecognizer } from './asr/wyoming/index.js';
import { volcengineRecognition } from './asr/volcengine/index.js';
import { xunfeiRecognition } from './asr/xunfei/index.js';
import { sherpaRecognizers } from './asr/sherpa/index.js';
import { transcriptionServices } from './asr/transcriptions/index.js';
import type {
  LanguageModelDescriptor,
  ProviderDescriptor,
  RealtimeModelDescriptor,
  RecognitionServiceDescriptor,
  RecognizerDescriptor,
  SettingsSchema,
  VoiceDescriptor,
} from './descriptor.js';
import { anthropic } from './llm/anthropic/index.js';
import { bailianApp } from './llm/bailian-app/index.js';
import { coze } from './llm/coze/index.js';
import { dify } from './llm/dify/index.js';
import { fastgpt } from './llm/fastgpt/index.js';
import { gemini } from './llm/gemini/index.js';
import { homeAssistantConversation } from './llm/home-assistant/index.js';
import { offline } from './llm/offline/index.js';
import { openAiCompatible, openAiPresets } from './llm/openai/index.js';
import { doubaoRealtime } from './realtime/doubao/index.js';
import { glmRealtime } from './realtime/glm/index.js';
import { openAiRealtimeModel } from './realtime/openai/index.js';
import { qwenOmni } from './realtime/qwen-omni/index.js';
import { stepFunRealtime } from './realtime/stepfun/index.js';
import { edge } from './tts/edge/index.js';
import { espeak } from './tts/espeak/index.js';
import { flite } from './tts/flite/index.js';
import { aliyunNls } from './tts/aliyun-nls/index.js';
import { azure } from './tts/azure/index.js';
import { cosyvoice } from './tts/cosyvoice/index.js';
import { elevenlabs } from './tts/elevenlabs/index.js';
import { fishSpeech } from './tts/fish-speech/index.js';
import { gptSovits } from './tts/gpt-sovits/index.js';
import { httpTemplate } from './tts/custom-http/index.js';
import { indexTts } from './tts/index-tts/index.js';
import { minimax } from './tts/minimax/index.js';
import { openai } from './tts/openai/index.js';
import { tencent } from './tts/tencent/index.js';
import { volcengine } from './tts/volcengine/index.js';
import { wyomingSpeech } from './tts/wyoming/index.js';
import { xunfei } from './tts/xunfei/index.js';
import { sherpaVoices } from './tts/sherpa/index.js';

/** Automatic selection tries the voices in this order. */
const BUILT_IN = [
  edge,
  ...sherpaVoices,
  flite,
  espeak,
  openai,
  volcengine,
  cosyvoice,
  minimax,
  aliyunNls,
  xunfei,
  tencent,
  azure,
  elevenlabs,
  fishSpeech,
  gptSovits,
  indexTts,
  httpTemplate,
  wyomingSpeech,
  ...openAiPresets,
  anthropic,
  gemini,
  dify,
  coze,
  fastgpt,
  bailianApp,
  homeAssistantConversation,
  openAiCompatible,
  offline,
  ...sherpaRecognizers,
  ...transcriptionServices,
  volcengineRecognition,
  dashscopeRecognition,
  qwenRecognition,
  funasrRecognition,
  aliyunNlsRecognition,
  xunfeiRecognition,
  tencentRecognition,
  deepgramRecognition,
  wyomingRecognizer,
  openAiRealtimeModel,
  qwenOmni,
  glmRealtime,
  stepFunRealtime,
  doubaoRealtime,
] as const satisfies readonly ProviderDescriptor[];

type SettingsOf<Descriptor> =
  Descriptor extends VoiceDescriptor<infer Id, infer Schema>
    ? string extends Id
      ? never
      : keyof Schema['shape'] extends never
        ? never
        : [Id, Schema]
    : never;

export type BuiltInVoiceSections = {
  [Entry in SettingsOf<(typeof BUILT_IN)[number]> as Entry[0]]: z.ZodPrefault<Entry[1]>;
};

export class ProviderRegistry {
  readonly #descriptors: ProviderDescriptor[] = [];

  constructor(descriptors: readonly ProviderDescriptor[]) {
    for (const descriptor of descriptors) this.register(descriptor);
  }

  /** Errors: `config.invalid` if the id has an invalid form or is taken. */
  register(descriptor: ProviderDescriptor): void {
    const { id, kind } = descriptor;
    if (!isId(id)) throw new ChorusError('config.invalid', `a ${kind} cannot be called ${id}`);
    if (this.has(kind, id)) throw new ChorusError('config.invalid', `there is a ${kind} ${id} already`);
    this.#descriptors.push(descriptor);
  }

  takes({ id, kind }: Pick<ProviderDescriptor, 'id' | 'kind'>): boolean {
    return isId(id) && !this.has(kind, id);
  }

  /** Local recognisers and services share one name space. Both are values of `asr.model`. */
  has(kind: ProviderDescriptor['kind'], id: string): boolean {
    return this.#descriptors.some((one) => one.id === id && sectionOf(one.kind) === sectionOf(kind));
  }

  get voices(): readonly VoiceDescriptor[] {
    return this.#descriptors.filter((one) => one.kind === 'voice');
  }

  get recognizers(): readonly RecognizerDescriptor[] {
    return this.#descriptors.filter((one) => one.kind === 'recognizer');
  }

  get recognitionServices(): readonly RecognitionServiceDescriptor[] {
    return this.#descriptors.filter((one) => one.kind === 'recognition-service');
  }

  get languageModels(): readonly LanguageModelDescriptor[] {
    return this.#descriptors.filter((one) => one.kind === 'language-model');
  }

  get presets(): readonly LanguageModelDescriptor[] {
    return this.languageModels.filter(({ chosenBy }) => chosenBy === 'preset');
  }

  recognitionService(id: string): RecognitionServiceDescriptor | undefined {
    return this.recognitionServices.find((service) => service.id === id);
  }

  get realtimeModels(): readonly RealtimeModelDescriptor[] {
    return this.#descriptors.filter((one) => one.kind === 'realtime-model');
  }

  realtimeModel(id: string): RealtimeModelDescriptor | undefined {
    return this.realtimeModels.find((model) => model.id === id);
  }

  voice(id: string): VoiceDescriptor | undefined {
    return this.voices.find((voice) => voice.id === id);
  }

  /** Without an id, returns the model for any address if `baseUrl` is set, and otherwise the default model. */
  languageModel(id: string | undefined, baseUrl: string | undefined): LanguageModelDescriptor | undefined {
    const by = baseUrl === undefined ? 'default' : 'address';
    return this.languageModels.find((one) => (id === undefined ? one.chosenBy === by : one.id === id));
  }
}

const isId = (id: string): boolean => /^[a-z][a-z0-9-]{0,63}$/.test(id) && !RESERVED.has(id);

const sectionOf = (kind: ProviderDescriptor['kind']): string =>
  ({
    voice: 'tts',
    'language-model': 'llm',
    recognizer: 'asr',
    'recognition-service': 'asr',
    'realtime-model': 'realtime',
  })[kind];

/** Words and configuration keys that may appear where an id is expected. */
const RESERVED: ReadonlySet<string> = new Set([
  'auto',
  'none',
  'custom',
  'constructor',
  'fallback',
  'provider',
  'voice',
  'rate',
  'preset',
  'model',
  'prompt',
  'temperature',
  'speculative',
  'corrections',
  'pool_size',
  'replicas',
  'services',
]);

export const providers = new ProviderRegistry(BUILT_IN);

export function voiceSettings<Schema extends SettingsSchema>(
  { id, settings }: VoiceDescriptor<string, Schema>,
  tts: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  return settings.parse(tts[id] ?? {});
}

export function addressKeyOf({ id, address }: VoiceDescriptor): string | undefined {
  return address && `tts.${id}.${address.setting}`;
}

export function addressOf(voice: VoiceDescriptor, tts: Readonly<Record<string, unknown>>): string | undefined {
  const value = voice.address && voiceSettings(voice, tts)[voice.address.setting];
  return typeof value === 'string' ? value : undefined;
}

export function keySettingOf({ id, key }: VoiceDescriptor): string | undefined {
  return key && `tts.${id}.api_key`;
}

/** The returned text may contain several keys. */
export function keyIn(settings: Readonly<Record<string, unknown>>): string | undefined {
  const { api_key: key } = settings;
  return typeof key === 'string' ? key : undefined;
}
