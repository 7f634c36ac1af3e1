import type { Clock, LanguageTag, Logger, Metrics, Scope } from '../core/index.js';
import type { Slots } from '../capacity/index.js';
import type { TtsProvider } from '../providers/index.js';
import type { Recognizer } from '../speech/listening/index.js';
import type { IntakeLimits } from '../speech/speaking/index.js';

/** Something that Home Assistant can choose: a model that understands, a voice that speaks. */
export interface Offered {
  readonly name: string;
  /** Description for people. */
  readonly about: string;
  /** Tags, or `*` for any. */
  readonly languages: readonly string[];
}

/** Recognition and voices of this server, for programs that are no devices. Read at each request. */
export interface WyomingServices {
  readonly recognizer: Pick<Recognizer, 'recognize'>;
  readonly slots: Slots;
  /** Voices of the current configuration, best first. */
  voices(): readonly TtsProvider[];
  /** Time limits of remote voices. */
  limits(): IntakeLimits;
  /** The language of a request that names none. */
  language(): LanguageTag;
  offeredModels(): readonly Offered[];
  offeredVoices(): readonly Offered[];
}

export interface WyomingServerOptions {
  /** `host:port`. */
  readonly listen: string;
  /** Addresses or networks that may connect, besides this machine. */
  readonly allow: readonly string[];
  /** Utterances and texts at a time, of all connections; one more is told that the server is busy. */
  readonly maxStreams: number;
  readonly version: string;
  readonly services: WyomingServices;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** Name of all these programs together for the scheduler and the services: their share is that of one device. */
export const CLIENTS_ID = 'wyoming';
/** A result is wanted within this time. The scheduler stops waiting for a slot before it ends. */
export const WANTED_WITHIN_MS = 20_000;
