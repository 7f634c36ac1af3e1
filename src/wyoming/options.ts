import type { Clock, LanguageTag, Logger, Metrics, Scope } from '../core/index.js';
import type { Slots } from '../capacity/index.js';
import type { TtsProvider } from '../providers/index.js';
import type { Recognizer } from '../speech/recognition/index.js';
import type { IntakeLimits } from '../speech/speaking/index.js';

/** A choice for Home Assistant: a recognition model or a voice. */
export interface Offered {
  readonly name: string;
  /** Description for people. */
  readonly about: string;
  /** Language tags, or `*` for any. */
  readonly languages: readonly string[];
}

/**
 * Recognition and voices that this server offers to programs other than devices. Each request uses the current ones.
 */
export interface WyomingServices {
  readonly recognizer: Pick<Recognizer, 'recognize'>;
  readonly slots: Slots;
  /** Voices of the current configuration, best first. */
  voices(): readonly TtsProvider[];
  /** Time limits of remote voices. */
  limits(): IntakeLimits;
  /** Default language of a request. */
  language(): LanguageTag;
  offeredModels(): readonly Offered[];
  offeredVoices(): readonly Offered[];
}

export interface WyomingServerOptions {
  /** `host:port`. */
  readonly listen: string;
  /** Addresses or networks that may connect, in addition to this machine. */
  readonly allow: readonly string[];
  /**
   * Maximum number of concurrent utterances and texts, over all connections. A further client is told that the server
   * is busy.
   */
  readonly maxStreams: number;
  readonly version: string;
  readonly services: WyomingServices;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** The common name of all clients for the scheduler and the services. Together they get the share of one device. */
export const CLIENTS_ID = 'wyoming';
/** Time limit for a result. The scheduler stops waiting for a slot before this limit. */
export const WANTED_WITHIN_MS = 20_000;
