import type { ReloadAnswer } from '../config/index.js';
import type { UiLanguage } from '../core/index.js';
import type {
  ChangeConfigAnswer,
  ConfigAnswer,
  DrainAnswer,
  DrainRequest,
  ListenRequest,
  LlmPresetsAnswer,
  ModelView,
  OverviewAnswer,
  ProblemView,
  TryLlmAnswer,
  TryLlmRequest,
  UpkeepAnswer,
  VoicesAnswer,
} from './schemas.js';

/** Sound as the voice makes it. */
export interface Sound {
  readonly type: 'audio/wav' | 'audio/mpeg';
  readonly bytes: Uint8Array;
}

/** The configuration of the running server. */
export interface ConfigurationControl {
  /** Absolute path of the file that is read. */
  readonly file: string;
  /** Reads it again; `trial`: what is new is tried before it is relied on. */
  reload(trial: boolean): Promise<ReloadAnswer>;
  read(language: UiLanguage): Promise<ConfigAnswer>;
  /** Sets keys of the file (null takes one out), and takes all of it back when it does not work. Errors: `data.*`, `config.unreadable`. */
  change(set: ReadonlyMap<string, unknown>, language: UiLanguage): Promise<ChangeConfigAnswer>;
}

export interface ModelControl {
  list(language: UiLanguage): readonly ModelView[];
  /** Begins to fetch it in the background. Error: `model.unknown`. */
  pull(id: string, language: UiLanguage): ModelView;
}

export interface VoiceControl {
  list(language: UiLanguage): VoicesAnswer;
  /** Errors: `tts.*`, `engine.*`, `model.*`, `capacity.*`, the signal's reason. */
  listen(request: ListenRequest, language: UiLanguage, signal: AbortSignal): Promise<Sound>;
}

export interface LanguageModelControl {
  presets(language: UiLanguage, signal: AbortSignal): Promise<LlmPresetsAnswer>;
  /** Errors: `admin.address_refused`, `admin.bad_request`, the signal's reason; what the model says is an answer. */
  try(request: TryLlmRequest, language: UiLanguage, signal: AbortSignal): Promise<TryLlmAnswer>;
}

/** Stopping the server from outside. */
export interface LifecycleControl {
  /** It ends by itself some time after this returns, with the exit code that is told. */
  drain(request: DrainRequest): Omit<DrainAnswer, 'draining'>;
}

/** What is done regularly. */
export interface UpkeepControl {
  view(language: UiLanguage): Promise<UpkeepAnswer>;
  /** Begins; undefined: all of it. Errors: `upkeep.running`, `upkeep.unknown_task`. */
  start(tasks: readonly string[] | undefined): void;
}

/**
 * What the admin API does besides devices and sessions, which are the server's own. Implemented in `src/composition/`; a part that is left out has no
 * routes.
 */
export interface AdminOperations {
  /** Without what only the server knows. */
  readonly overview?: ((language: UiLanguage) => Omit<OverviewAnswer, 'addresses' | 'drain' | 'nowMs'>) | undefined;
  /** Newest first. */
  readonly problems?: (() => readonly ProblemView[]) | undefined;
  readonly configuration?: ConfigurationControl | undefined;
  readonly models?: ModelControl | undefined;
  readonly voices?: VoiceControl | undefined;
  readonly languageModel?: LanguageModelControl | undefined;
  readonly lifecycle?: LifecycleControl | undefined;
  readonly upkeep?: UpkeepControl | undefined;
}
