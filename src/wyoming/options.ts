import type { Clock, LanguageTag, Logger, Metrics, Scope } from '../core/index.js';
import type { Slots } from '../capacity/index.js';
import type { TtsProvider } from '../providers/index.js';
import type { Recognizer } from '../speech/recognition/index.js';
import type { IntakeLimits } from '../speech/speaking/index.js';

export interface Offered {
  readonly name: string;
  readonly about: string;
  /** Language tags, or `*` for any. */
  readonly languages: readonly string[];
}

/** Each request uses the current recogniser and voices. */
export interface WyomingServices {
  readonly recognizer: Pick<Recognizer, 'recognize'>;
  readonly slots: Slots;
  voices(): readonly TtsProvider[];
  limits(): IntakeLimits;
  language(): LanguageTag;
  offeredModels(): readonly Offered[];
  offeredVoices(): readonly Offered[];
}

export interface WyomingServerOptions {
  readonly listen: string;
  /** Addresses or networks that may connect, in addition to this machine. */
  readonly allow: readonly string[];
  /** Limit for concurrent utterances and texts, over all connections. Beyond it, the server is busy. */
  readonly maxStreams: number;
  readonly version: string;
  readonly services: WyomingServices;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
}

/** The scheduler and the services see all clients under this name, so together they get the share of one device. */
export const CLIENTS_ID = 'wyoming';
/** Time after which a result is late. The scheduler orders its work by this deadline, but a late result is sent too. */
export const WANTED_WITHIN_MS = 20_000;
