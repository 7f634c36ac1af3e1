import { asChorusError, isCancelled, type Clock, type ErrorCode, type Logger, type Metrics } from '../../core/index.js';
import type {
  Circuit,
  CircuitCall,
  RealtimeOpening,
  RealtimeProvider,
  RealtimeSession,
  Spender,
} from '../../providers/index.js';

/** One realtime model, shared by all devices. */
export interface RealtimeService {
  readonly provider: RealtimeProvider;
  readonly circuit: Circuit;
  /** Undefined if the use costs nothing. */
  readonly spender: Spender | undefined;
}

export interface RealtimeLinkOptions {
  /** Called before each use. Undefined if the model was removed from the configuration. */
  readonly service: () => RealtimeService | undefined;
  readonly deviceId: string;
  /** The settings of a new session. If there was an answer before, its prompt replaces the instructions. */
  readonly opening: () => RealtimeOpening;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * For this time after a failure, the device is served without the realtime model. This rest affects no other device.
 */
const REST_MS = 30_000;
const MAX_KNOWN_TEXTS = 200;

/** One use of the model for a device, to hear an utterance or to answer. */
export interface LinkCall {
  readonly session: RealtimeSession;
  readonly service: RealtimeService;
  succeeded(): void;
  failed(error: unknown): void;
  /** Ends a cancelled call, which counts neither as a success nor as a failure. */
  released(): void;
}

/**
 * A device's conversation with a realtime model, over successive connections. Tracks when the model must not be used,
 * and what the model has heard.
 */
export class RealtimeLink {
  #session: RealtimeSession | undefined;
  #service: RealtimeService | undefined;
  #restsUntilMs = -Infinity;
  #prompt: string | undefined;
  /** The last utterance that the current session has heard but not answered. */
  #unanswered: string | undefined;
  /** The user's words in the exchanges that the current session knows. */
  readonly #known = new Set<string>();

  constructor(private readonly options: RealtimeLinkOptions) {}

  get usable(): boolean {
    const service = this.options.service();
    return service !== undefined && this.#rested && this.#affordable(service);
  }

  /** Opens a connection if necessary. Undefined if the realtime model must not be used now. */
  enter(): LinkCall | undefined {
    const service = this.options.service();
    if (!service || !this.#rested || !this.#affordable(service)) return undefined;
    const call = service.circuit.enter();
    if (!call) return undefined;
    const session = this.#sessionOf(service);
    return {
      session,
      service,
      succeeded: () => call.succeeded(),
      released: () => call.released(),
      failed: (error) => this.#failed(service, session, call, error),
    };
  }

  isOpen(session: RealtimeSession): boolean {
    return this.#session === session && !session.over;
  }

  heard(session: RealtimeSession, text: string): void {
    if (this.isOpen(session) && text !== '') this.#unanswered = text;
  }

  /** True if the current session has heard these words as speech. */
  hasHeard(text: string): boolean {
    const last = this.#unanswered;
    return last !== undefined && this.#session?.over === false && plain(text).includes(plain(last));
  }

  /** Call this when the session answers these words. From then on, the session knows this exchange. */
  answering(userText: string, prompt: string): void {
    this.#unanswered = undefined;
    this.#prompt = prompt;
    this.#known.add(userText);
    const [oldest] = this.#known;
    if (this.#known.size > MAX_KNOWN_TEXTS && oldest !== undefined) this.#known.delete(oldest);
  }

  knows(userText: string): boolean {
    return this.#known.has(userText);
  }

  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }

  #sessionOf(service: RealtimeService): RealtimeSession {
    if (this.#session && !this.#session.over && this.#service === service) return this.#session;
    this.close();
    this.#unanswered = undefined;
    this.#known.clear();
    const opening = this.options.opening();
    this.#service = service;
    this.#session = service.provider.open({ ...opening, instructions: this.#prompt ?? opening.instructions });
    return this.#session;
  }

  #failed(service: RealtimeService, session: RealtimeSession, call: CircuitCall, thrown: unknown): void {
    session.close();
    if (isCancelled(thrown)) {
      call.released();
      return;
    }
    const { clock, log } = this.options;
    const { code, message } = asChorusError(thrown, 'realtime.failed');
    // A full queue of this server is no failure of the service.
    if (isOurs(code)) call.released();
    else call.failed();
    this.#restsUntilMs = clock.nowMs() + REST_MS;
    log.warn('A realtime model failed; recognition, language model and voice take its place', {
      provider: service.provider.id,
      code,
      reason: message,
    });
  }

  get #rested(): boolean {
    return this.options.clock.nowMs() >= this.#restsUntilMs;
  }

  #affordable({ spender }: RealtimeService): boolean {
    try {
      spender?.admit(this.options.deviceId);
      return true;
    } catch {
      // The budget is used up. Ordinary recognition, language model and voice check the budget for their own costs.
      return false;
    }
  }
}

const isOurs = (code: ErrorCode): boolean => code.startsWith('capacity.');

/** Removes punctuation and spaces, which may differ where pieces of an utterance were joined. */
const plain = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
