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

/** The fields of a provider's own section of the configuration; each has its words (`words` of settings.ts). */
export type SettingsSchema = z.ZodObject;

/** The variables that may hold a service's key. */
export interface ProviderKey {
  /** The vendor's usual variables; the first that is set counts. */
  readonly variables: readonly string[];
  /** True: the service refuses requests without a key. */
  readonly required: boolean;
}

/** Common to the descriptors of all kinds of providers. */
interface Described {
  /** The name in the configuration: small letters, digits and hyphens. */
  readonly id: string;
  readonly name: Bilingual;
  /** One sentence or less: for lists. */
  readonly about: Bilingual;
  /** True: the provider runs on this machine, and no speech and no text leaves it. */
  readonly local: boolean;
  /** The key of a service that takes one, in its setting `api_key`. */
  readonly key?: ProviderKey;
  /** Written by the published protocol, and never tried against the real service. */
  readonly unproven?: true;
  /** Rules that turn settings of another server into this provider. */
  readonly importFrom?: readonly ImportRow[];
}

/** Passed to each provider's `create`. */
export interface ProviderContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Owns all that the provider starts. */
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
  /** CPU slots of the machine: as many syntheses may run at a time. */
  readonly slotCount: number;
  /** Threads of one synthesis. */
  readonly threads: number;
  /** Enforces {@link VoiceDescriptor.limits}: a lease is held for the time of a sentence. */
  readonly gate: ServiceGate;
  /** Counts paid use; undefined: it is not counted. */
  readonly spender?: Spender | undefined;
  /** Runs a voice that lives in the speaking process. */
  readonly speakingProcess: LocalVoiceClient;
}

/** A voice worth offering; any other name can be typed in. */
export interface KnownVoice {
  readonly name: string;
  /** A tag, or `*`. */
  readonly language: string;
  readonly title: Bilingual;
}

/** One way of speaking: a value of `tts.provider`, with its section `tts.<id>`. */
export interface VoiceDescriptor<
  Id extends string = string,
  Schema extends SettingsSchema = SettingsSchema,
> extends Described {
  readonly kind: 'voice';
  readonly id: Id;
  readonly settings: Schema;
  /** Primary subtags, or `*` for any. */
  readonly languages: readonly string[];
  /** True: the voice is used without being chosen (`tts.provider: auto`), in the order of the registry. */
  readonly automatic: boolean;
  /** The model that the voice needs. Its engine process is shared by all configurations. */
  readonly model?: TtsModel;
  /** The setting with the service's address. `changeable`: the page may set it, after a check of the address. */
  readonly address?: { readonly setting: keyof z.output<Schema> & string; readonly changeable: boolean };
  /** `text`: the sound begins while the text is still being written. Absent: the voice speaks sentence by sentence. */
  readonly streaming?: 'text';
  /** Names of its voices, for lists. */
  readonly voices?: readonly KnownVoice[];
  /** For the table in docs/models.md. */
  readonly inTable: { readonly languages: Bilingual; readonly needs: Bilingual; readonly sounds: Bilingual };
  /** Usual cause of a refusal, and its remedy; for the doctor. */
  readonly refusal?: { readonly cause: Bilingual; readonly fix: Bilingual };
  /** Sentences that the service takes at a time and in a minute; the others wait. Absent: no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  /** Settings that change the sound: if they change, a kept phrase is not reused. Default: all but secrets. */
  heardSettings?(settings: z.output<Schema>): readonly unknown[];
  create(settings: z.output<Schema>, context: VoiceContext): TtsProvider;
  /**
   * One cheap request that shows whether the service is reached and takes the key. Returns a description of its offers,
   * for people. Errors: `tts.*`.
   */
  probe?(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

/** Settings of all language models, from the section `llm` or `llm.fallback`, and from the section `llm.<id>`. */
export interface LanguageModelSettings<Own = object> {
  /** The configured address, else the descriptor's; empty if the model is not remote. */
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

/** One service or program that answers. */
export interface LanguageModelDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'language-model';
  /** The model's own settings: the section `llm.<id>`. Absent: it has none. */
  readonly settings?: Schema;
  /**
   * `preset`: chosen by its id in `llm.preset`. `address`: chosen by `llm.base_url` alone. `default`: chosen if nothing
   * is set, and by its id only as a fallback.
   */
  readonly chosenBy: 'preset' | 'address' | 'default';
  /** True: the model is asked over the network, so it has a queue, a retry and a time limit. */
  readonly remote: boolean;
  /** The model's address if `llm.base_url` is not set. */
  readonly baseUrl?: string;
  /** The model if `llm.model` is not set. Absent: one has to be chosen. */
  readonly model?: string;
  /** Primary subtags, or `*` for any. Absent: any. */
  readonly languages?: readonly string[];
  /** True: the answer comes whole. Absent: it comes as it is written. */
  readonly whole?: true;
  /** Requests that the service takes in a minute, by its vendor. Absent: not known. `llm.max_per_minute` wins. */
  readonly perMinute?: number;
  /** Looks for the program on this machine and returns its models. Undefined: it is not there. */
  discover?(clock: Clock, signal: AbortSignal): Promise<readonly string[] | undefined>;
  create(settings: LanguageModelSettings<z.output<Schema>>, context: LanguageModelContext): LlmProvider;
  /**
   * Like {@link VoiceDescriptor.probe}, for a service in which a question would change or cost something. Absent: it is
   * tried with one short question. Errors: `llm.*`.
   */
  probe?(settings: LanguageModelSettings<z.output<Schema>>, context: ProbeContext): Promise<Bilingual | void>;
}

/** One way of understanding speech: a value of `asr.model`. */
export interface RecognizerDescriptor extends Described {
  readonly kind: 'recognizer';
  readonly languages: readonly string[];
  /** The model that the recogniser needs; its engine process is handed to `create`. */
  readonly model: AsrModel;
  create(engine: Pick<SupervisedChild, 'call'>): AsrProvider;
}

/** A service that understands speech: a value of `asr.model`, with its section `asr.<id>`. */
export interface RecognitionServiceDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'recognition-service';
  readonly settings: Schema;
  /** Primary subtags, or `*` for any; a device of another language is understood by a local model. */
  readonly languages: readonly string[];
  /** For the table in docs/models.md: it takes audio while it is spoken. */
  readonly streams?: true;
  /** Utterances that the service takes at a time and in a minute with one key; the others wait. Absent: no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  create(settings: z.output<Schema>, context: RecognitionContext): AsrProvider;
  /** The setting with the service's address. If there is one, the doctor asks {@link probe}. */
  readonly address?: keyof z.output<Schema> & string;
  /** Like {@link VoiceDescriptor.probe}. Errors: `asr.*`. */
  probe?(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RecognitionContext extends Pick<ProviderContext, 'clock' | 'log' | 'http' | 'scope'> {
  /**
   * Enforces {@link RecognitionServiceDescriptor.limits}: a lease is held for the time of an utterance.
   */
  readonly gate: ServiceGate;
}

/** A model that takes speech and answers with it: a value of `realtime.services`, with its section `realtime.<id>`. */
export interface RealtimeModelDescriptor<Schema extends SettingsSchema = SettingsSchema> extends Described {
  readonly kind: 'realtime-model';
  readonly settings: Schema;
  /** The setting with the service's address. */
  readonly address: keyof z.output<Schema> & string;
  /** For the table in docs/models.md: it calls tools. */
  readonly tools: boolean;
  /** Conversations that the service takes at a time and begins in a minute with one key. Absent: no limit. */
  limits?(settings: z.output<Schema>): ServiceLimits;
  create(settings: z.output<Schema>, context: RealtimeContext): RealtimeProvider;
  /** Like {@link VoiceDescriptor.probe}. Errors: `realtime.*`. */
  probe(settings: z.output<Schema>, context: ProbeContext): Promise<Bilingual | void>;
}

export interface RealtimeContext extends Pick<ProviderContext, 'clock' | 'log'> {
  /** Enforces {@link RealtimeModelDescriptor.limits}: a lease is held for the time of a connection. */
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
