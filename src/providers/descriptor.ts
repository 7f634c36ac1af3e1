import type { z } from 'zod';
import type { Bilingual, Clock, HttpClient, Logger, Metrics, Scope } from '../core/index.js';
import type { AsrModel, ModelStore, SupervisedChild, TtsModel } from '../engines/index.js';
import type { AsrProvider } from './asr/asr-port.js';
import type { ImportRow } from './imported-settings.js';
import type { LlmProvider } from './llm/llm-port.js';
import type { RealtimeProvider } from './realtime/realtime-port.js';
import type { LocalVoiceClient } from './tts/local.js';
import type { Spender } from './spending.js';
import type { ServiceGate } from './service-gate.js';
import type { ServiceLimits } from './settings.js';
import type { TtsProvider } from './tts/tts-port.js';

export type SettingsSchema = z.ZodObject;

export interface ProviderKey {
  /** The first variable that is set is used. */
  readonly variables: readonly string[];
  readonly required: boolean;
}

interface Described {
  /** Small letters, digits and hyphens. */
  readonly id: string;
  readonly name: Bilingual;
  readonly about: Bilingual;
  /** True if the provider sends no speech and no text to another machine. */
  readonly local: boolean;
  /** The key, which the setting `api_key` contains. Absent if the service takes no key. */
  readonly key?: ProviderKey;
  /** True if the provider was never tried against the real service. */
  readonly unproven?: true;
  readonly importFrom?: readonly ImportRow[];
}

export interface ProviderContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Owns everything that the provider starts. */
  readonly scope: Scope;
  readonly http?: HttpClient | undefined;
}

export type ProbeContext = Pick<ProviderContext, 'clock' | 'http'> & { readonly signal: AbortSignal };

export interface VoiceContext extends ProviderContext {
  /** 1 is normal speed. */
  readonly rate: number;
  readonly models: Pick<ModelStore, 'installed'>;
  /** Maximum number of concurrent syntheses. */
  readonly slotCount: number;
  readonly threads: number;
  /** Each sentence takes one lease. */
  readonly gate: ServiceGate;
  /** Undefined if paid use is not counted. */
  readonly spender?: Spender | undefined;
  readonly speakingProcess: LocalVoiceClient;
}

/** A voice for selection lists. The user can also enter any other name. */
export interface KnownVoice {
  readonly name: string;
  /** A language tag, or `*` for any language. */
  readonly language: string;
  readonly title: Bilingual;
}

export interface VoiceDescriptor<
  Id extends string = string,
  Schema extends SettingsSchema = SettingsSchema,
> extends Described {
  readonly kind: 'voice';
  readonly id: Id;
  readonly settings: Schema;
  /** Primary subtags, or `*` for any. */
  readonly languages: readonly string[];
  /** True if `tts.provider: auto` may select the voice. */
  readonly automatic: boolean;
  /** The model that the voice loads in an engine process. All configurations share this process. */
  readonly model?: TtsModel;
  /** The setting that contains the address. If `changeable`, the console may set the address. */
  readonly address?: { readonly setting: keyof z.output<Schema> & string; readonly changeable: boolean };
  /** `text` if speech starts before the text is complete. Absent if the voice speaks sentence by sentence. */
  readonly streaming?: 'text';
  readonly voices?: readonly KnownVoice[];
  /** The row of the voice in the table in docs/models.md. */
  readonly inTable: { readonly languages: Bilingual; readonly needs: Bilingual; readonly sounds: Bilingual };
  /** The usual cause of a refused request, and the remedy. `chorus doctor` shows both. */
  readonly refusal?: { readonly cause: Bilingual; readonly fix: Bilingual };
  limits?(settings: z.output<Schema>): ServiceLimits;
  /** Settings that change the sound. A change discards cached phrases. Default: all except keys and limits. */
  heardSettings?(settings: z.output<Schema>): readonly unknown[];
  create(settings: z.output<Schema>, context: VoiceContext): TtsProvider;
  /**
   * Checks with one cheap request that the service is reachable and accepts the key. Returns a description of what the
   * service offers. Errors: `tts.*`.
   */
  probe?(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

/** `own` contains the settings from the section `llm.<id>`. */
export interface LanguageModelSettings<Own = object> {
  /** Empty if the model is not remote. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly temperature: number | undefined;
  /** Longest wait for the first token, and between tokens. */
  readonly firstTokenMs: number;
  /** Longest wait for the whole reply. */
  readonly replyMs: number;
  readonly own: Own;
}

export type LanguageModelContext = Pick<ProviderContext, 'clock' | 'log' | 'http'>;

export interface LanguageModelDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'language-model';
  /** The section `llm.<id>`. Absent if the model has no settings of its own. */
  readonly settings?: Schema;
  /**
   * `preset` is chosen by its id in `llm.preset`. `address` is chosen if only `llm.base_url` is set. `default` is
   * chosen if nothing is set.
   */
  readonly chosenBy: 'preset' | 'address' | 'default';
  /** True if requests go to a service. They then need an address and a model, and have a queue and retries. */
  readonly remote: boolean;
  /** The address if `llm.base_url` is not set. */
  readonly baseUrl?: string;
  /** The model name if `llm.model` is not set. Absent if the user has to choose a model. */
  readonly model?: string;
  /** Primary subtags, or `*` for any. Absent if the model speaks any language. */
  readonly languages?: readonly string[];
  readonly whole?: true;
  /** True if an answer has side effects. The service is asked once, and only when the answer is certainly wanted. */
  readonly acts?: true;
  /** The vendor's limit. `llm.max_per_minute` overrides the number. Absent if no limit is known. */
  readonly perMinute?: number;
  /** Lists the models of a program on this machine. Resolves with undefined if the program does not answer. */
  discover?(clock: Clock, signal: AbortSignal): Promise<readonly string[] | undefined>;
  create(settings: LanguageModelSettings<z.output<Schema>>, context: LanguageModelContext): LlmProvider;
  /** Replaces the test question, if a question would change or cost something. Errors: `llm.*`. */
  probe?(settings: LanguageModelSettings<z.output<Schema>>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RecognizerDescriptor extends Described {
  readonly kind: 'recognizer';
  readonly languages: readonly string[];
  readonly model: AsrModel;
  create(engine: Pick<SupervisedChild, 'call'>): AsrProvider;
}

export interface RecognitionServiceDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'recognition-service';
  readonly settings: Schema;
  /** Primary subtags, or `*` for any. Speech in other languages goes to another service or a local model. */
  readonly languages: readonly string[];
  /** True if the service accepts audio while the person speaks. Shown in the table in docs/models.md. */
  readonly streams?: true;
  /** Limits for one key. Absent if there is no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  create(settings: z.output<Schema>, context: RecognitionContext): AsrProvider;
  /** The setting that contains the address. `chorus doctor` calls {@link probe} only if this field is present. */
  readonly address?: keyof z.output<Schema> & string;
  /** Like {@link VoiceDescriptor.probe}. Errors: `asr.*`. */
  probe?(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RecognitionContext extends Pick<ProviderContext, 'clock' | 'log' | 'http' | 'scope'> {
  /** Each utterance takes one lease. */
  readonly gate: ServiceGate;
}

/** Used only if the setting `realtime.services` lists its id. */
export interface RealtimeModelDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'realtime-model';
  readonly settings: Schema;
  /** The setting that contains the address. */
  readonly address: keyof z.output<Schema> & string;
  /** Shown in the table in docs/models.md. */
  readonly tools: boolean;
  /** Limits for one key, counted in conversations. Absent if there is no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  create(settings: z.output<Schema>, context: RealtimeContext): RealtimeProvider;
  /** Like {@link VoiceDescriptor.probe}. Errors: `realtime.*`. */
  probe(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RealtimeContext extends Pick<ProviderContext, 'clock' | 'log'> {
  /** Each connection takes one lease. */
  readonly gate: ServiceGate;
}

export type ProviderDescriptor =
  | VoiceDescriptor
  | RealtimeModelDescriptor
  | LanguageModelDescriptor
  | RecognizerDescriptor
  | RecognitionServiceDescriptor;

type Define<Descriptor extends ProviderDescriptor> = Omit<Descriptor, 'kind'>;

export function defineVoice<const Id extends string, Schema extends SettingsSchema>(
  descriptor: Define<VoiceDescriptor<Id, Schema>>,
): VoiceDescriptor<Id, Schema> {
  return { kind: 'voice', ...descriptor };
}

export function defineLanguageModel<Schema extends SettingsSchema>(
  descriptor: Define<LanguageModelDescriptor<Schema>>,
): LanguageModelDescriptor<Schema> {
  return { kind: 'language-model', ...descriptor };
}

export function defineRecognizer(descriptor: Define<RecognizerDescriptor>): RecognizerDescriptor {
  return { kind: 'recognizer', ...descriptor };
}

export function defineRecognitionService<Schema extends SettingsSchema>(
  descriptor: Define<RecognitionServiceDescriptor<Schema>>,
): RecognitionServiceDescriptor<Schema> {
  return { kind: 'recognition-service', ...descriptor };
}

export function defineRealtimeModel<Schema extends SettingsSchema>(
  descriptor: Define<RealtimeModelDescriptor<Schema>>,
): RealtimeModelDescriptor<Schema> {
  return { kind: 'realtime-model', ...descriptor };
}
