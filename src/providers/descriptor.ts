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

/** The fields of a provider's own configuration section. `words` in settings.ts describes each field. */
export type SettingsSchema = z.ZodObject;

/** The environment variables that may contain a service's key. */
export interface ProviderKey {
  /** The vendor's usual variables. The first set variable is used. */
  readonly variables: readonly string[];
  /** True: the service refuses requests without a key. */
  readonly required: boolean;
}

/** The fields that the descriptors of all providers have. */
interface Described {
  /** The name in the configuration: small letters, digits and hyphens. */
  readonly id: string;
  readonly name: Bilingual;
  /** A description for lists: one sentence at most. */
  readonly about: Bilingual;
  /** True: the provider runs on this machine and sends no speech and no text elsewhere. */
  readonly local: boolean;
  /** The service's key, set in `api_key`. Absent: the service takes no key. */
  readonly key?: ProviderKey;
  /** True: the provider follows the published protocol, but was never tried against the real service. */
  readonly unproven?: true;
  /** Rules that import another server's settings as settings of this provider. */
  readonly importFrom?: readonly ImportRow[];
}

/** Passed to each provider's `create`. */
export interface ProviderContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Owns everything that the provider starts. */
  readonly scope: Scope;
  /** Default: the global `fetch`. */
  readonly http?: HttpClient | undefined;
}

/** Passed to the probes of voices and recognition services. */
export type ProbeContext = Pick<ProviderContext, 'clock' | 'http'> & { readonly signal: AbortSignal };

export interface VoiceContext extends ProviderContext {
  /** `tts.rate`: speed of speech, 1 is normal. */
  readonly rate: number;
  readonly models: Pick<ModelStore, 'installed'>;
  /** Number of CPU slots of the machine: the maximum number of concurrent syntheses. */
  readonly slotCount: number;
  /** Number of threads for one synthesis. */
  readonly threads: number;
  /** Enforces {@link VoiceDescriptor.limits}. Each sentence takes one lease. */
  readonly gate: ServiceGate;
  /** Counts paid use. Undefined: paid use is not counted. */
  readonly spender?: Spender | undefined;
  /** Runs the voices of the speaking process. */
  readonly speakingProcess: LocalVoiceClient;
}

/** A voice for selection lists. The user can also enter any other name. */
export interface KnownVoice {
  readonly name: string;
  /** A language tag, or `*` for any language. */
  readonly language: string;
  readonly title: Bilingual;
}

/** A voice provider: a value of `tts.provider`, with its section `tts.<id>`. */
export interface VoiceDescriptor<
  Id extends string = string,
  Schema extends SettingsSchema = SettingsSchema,
> extends Described {
  readonly kind: 'voice';
  readonly id: Id;
  readonly settings: Schema;
  /** Primary subtags, or `*` for any. */
  readonly languages: readonly string[];
  /** True: `tts.provider: auto` may select the voice. If several voices are possible, the registry's order decides. */
  readonly automatic: boolean;
  /** The model that the voice needs. Its engine process is shared by all configurations. */
  readonly model?: TtsModel;
  /**
   * The setting that contains the service's address. `changeable`: the console may set it, after a check of the
   * address.
   */
  readonly address?: { readonly setting: keyof z.output<Schema> & string; readonly changeable: boolean };
  /** `text`: speech starts while the text is still being written. Absent: the voice speaks sentence by sentence. */
  readonly streaming?: 'text';
  /** Names of its voices, for lists. */
  readonly voices?: readonly KnownVoice[];
  /** The voice's row of the table in docs/models.md. */
  readonly inTable: { readonly languages: Bilingual; readonly needs: Bilingual; readonly sounds: Bilingual };
  /** The usual cause when the service refuses a request, and its remedy; for the doctor. */
  readonly refusal?: { readonly cause: Bilingual; readonly fix: Bilingual };
  /** How many sentences the service accepts at a time and per minute. Further sentences wait. Absent: no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  /** Settings that change the sound. If one changes, cached phrases are not reused. Default: all but secrets. */
  heardSettings?(settings: z.output<Schema>): readonly unknown[];
  create(settings: z.output<Schema>, context: VoiceContext): TtsProvider;
  /**
   * Sends one cheap request that shows whether the service can be reached and accepts the key. Returns a description of
   * what the service offers, for people. Errors: `tts.*`.
   */
  probe?(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

/**
 * A language model's settings: the common ones from the section `llm` or `llm.fallback`, and its own from `llm.<id>`.
 */
export interface LanguageModelSettings<Own = object> {
  /** The configured address, or else the descriptor's address. Empty: the model is not remote. */
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

/** A language model: a service or a program that answers. */
export interface LanguageModelDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'language-model';
  /** The model's own settings: the section `llm.<id>`. Absent: it has none. */
  readonly settings?: Schema;
  /**
   * `preset`: chosen by its id in `llm.preset`. `address`: chosen by setting only `llm.base_url`. `default`: chosen if
   * nothing is set, and by its id only as a fallback.
   */
  readonly chosenBy: 'preset' | 'address' | 'default';
  /** True: the model is reached over the network. Its requests have a queue, retries and a time limit. */
  readonly remote: boolean;
  /** The model's address if `llm.base_url` is not set. */
  readonly baseUrl?: string;
  /** The model's name if `llm.model` is not set. Absent: the user has to choose a model. */
  readonly model?: string;
  /** Primary subtags, or `*` for any. Absent: any. */
  readonly languages?: readonly string[];
  /** True: the answer arrives as a whole. Absent: the answer is streamed. */
  readonly whole?: true;
  /** Requests per minute that the vendor allows. `llm.max_per_minute` overrides the number. Absent: not known. */
  readonly perMinute?: number;
  /** Looks for the program on this machine and returns its models. Undefined: the program is not there. */
  discover?(clock: Clock, signal: AbortSignal): Promise<readonly string[] | undefined>;
  create(settings: LanguageModelSettings<z.output<Schema>>, context: LanguageModelContext): LlmProvider;
  /**
   * Like {@link VoiceDescriptor.probe}, for a service in which a test question would change or cost something. Absent:
   * the service is tested with one short question. Errors: `llm.*`.
   */
  probe?(settings: LanguageModelSettings<z.output<Schema>>, context: ProbeContext): Promise<Bilingual | void>;
}

/** A local speech recogniser: a value of `asr.model`. */
export interface RecognizerDescriptor extends Described {
  readonly kind: 'recognizer';
  readonly languages: readonly string[];
  /** The model that the recogniser needs. `create` gets the model's engine process. */
  readonly model: AsrModel;
  create(engine: Pick<SupervisedChild, 'call'>): AsrProvider;
}

/** A speech recognition service: a value of `asr.model`, with its section `asr.<id>`. */
export interface RecognitionServiceDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'recognition-service';
  readonly settings: Schema;
  /** Primary subtags, or `*` for any. A local model recognises the speech of a device with another language. */
  readonly languages: readonly string[];
  /** True: the service accepts audio while the person speaks. Shown in the table in docs/models.md. */
  readonly streams?: true;
  /**
   * How many utterances the service accepts at a time and per minute with one key. Further ones wait. Absent: no limit.
   */
  limits?(settings: z.output<Schema>): ServiceLimits;
  create(settings: z.output<Schema>, context: RecognitionContext): AsrProvider;
  /** The setting that contains the service's address. If it is present, the doctor calls {@link probe}. */
  readonly address?: keyof z.output<Schema> & string;
  /** Like {@link VoiceDescriptor.probe}. Errors: `asr.*`. */
  probe?(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RecognitionContext extends Pick<ProviderContext, 'clock' | 'log' | 'http' | 'scope'> {
  /** Enforces {@link RecognitionServiceDescriptor.limits}. Each utterance takes one lease. */
  readonly gate: ServiceGate;
}

/** A speech-to-speech model: a value of `realtime.services`, with its section `realtime.<id>`. */
export interface RealtimeModelDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'realtime-model';
  readonly settings: Schema;
  /** The setting that contains the service's address. */
  readonly address: keyof z.output<Schema> & string;
  /** True: the model calls tools. Shown in the table in docs/models.md. */
  readonly tools: boolean;
  /** How many conversations the service accepts at a time, and begins per minute, with one key. Absent: no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  create(settings: z.output<Schema>, context: RealtimeContext): RealtimeProvider;
  /** Like {@link VoiceDescriptor.probe}. Errors: `realtime.*`. */
  probe(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RealtimeContext extends Pick<ProviderContext, 'clock' | 'log'> {
  /** Enforces {@link RealtimeModelDescriptor.limits}. Each connection takes one lease. */
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
