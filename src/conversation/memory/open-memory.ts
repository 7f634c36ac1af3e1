import { dayIn, withTimeout, type Clock, type LanguageTag, type Logger } from '../../core/index.js';
import type { MemoryRecord } from '../../platform/store/index.js';
import type { MemoryService } from '../../providers/index.js';
import type { Agent, MemoryKind } from '../../records/index.js';
import type { HeardExchange } from './extraction.js';
import { FactIndex, sentenceOf } from './fact-index.js';
import { serviceOf, type Keeping } from './keeping.js';

export interface OpenMemoryOptions {
  readonly deviceId: string;
  readonly agent: Agent | undefined;
  readonly kind: MemoryKind;
  readonly keeping: Keeping;
  readonly language: LanguageTag;
  readonly timeZone: string;
  readonly read: () => Promise<readonly MemoryRecord[]>;
  /** Undefined if the database keeps the memory, or if the service is not configured. */
  readonly service: () => MemoryService | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Longest wait for the memory service. The user waits meanwhile. */
const CAP_MS = 150;
/** Longest wait for the database, which was asked when the conversation started. */
const LOCAL_CAP_MS = 5;
/** Maximum number of exchanges of a conversation that are kept. The oldest are dropped. */
const MAX_EXCHANGES = 60;
const MAX_SIDE_CHARS = 600;

export class OpenMemory {
  /** Number of sessions that use this memory. */
  users = 0;
  #index = new FactIndex();
  #summary: string | undefined;
  #loaded: Promise<void>;
  #exchanges: HeardExchange[] = [];
  #told: string[] = [];
  #lastText = '';
  #ahead: readonly string[] = [];

  constructor(private readonly options: OpenMemoryOptions) {
    this.#loaded = this.load();
  }

  get facts(): readonly MemoryRecord[] {
    return this.#index.facts;
  }

  get index(): FactIndex {
    return this.#index;
  }

  get about(): Pick<OpenMemoryOptions, 'deviceId' | 'agent' | 'kind' | 'keeping' | 'language' | 'timeZone'> {
    return this.options;
  }

  /** Never rejects. */
  load(): Promise<void> {
    const { read, keeping, log, deviceId } = this.options;
    if (serviceOf(keeping)) return Promise.resolve();
    const take = async (): Promise<void> => {
      try {
        const current = (await read()).filter(({ replacedBy }) => replacedBy === undefined);
        this.#index = await FactIndex.of(current);
        this.#summary = current.find((record) => record.kind === 'summary')?.text;
      } catch (error) {
        log.warn('the memories of a device cannot be read', { problem: 'memory.unreadable', deviceId, error });
      }
    };
    this.#loaded = take();
    return this.#loaded;
  }

  note(exchange: HeardExchange): void {
    const { user, reply } = exchange;
    this.#exchanges.push({
      ...exchange,
      user: user.slice(0, MAX_SIDE_CHARS),
      reply: reply.slice(0, MAX_SIDE_CHARS),
    });
    if (this.#exchanges.length > MAX_EXCHANGES) this.#exchanges.shift();
    this.#lastText = user;
  }

  /** Returns the exchanges since the last call. */
  takeExchanges(): readonly HeardExchange[] {
    const exchanges = this.#exchanges;
    this.#exchanges = [];
    return exchanges;
  }

  /** `id` belongs to a fact that the user asked to remember in the current turn. */
  told(id: string): void {
    this.#told.push(id);
  }

  takeTold(): readonly string[] {
    return this.#told.splice(0);
  }

  drop(fits: (exchange: HeardExchange) => boolean): void {
    this.#exchanges = this.#exchanges.filter((exchange) => !fits(exchange));
  }

  /** Asks a memory service for facts about the user's previous words. Call this when the user begins to speak. */
  expect(): void {
    if (!serviceOf(this.options.keeping) || this.#lastText === '') return;
    void this.#ask(this.#lastText, new AbortController().signal).then((found) => (this.#ahead = found));
  }

  /**
   * Facts that may be relevant to these words, or the whole summary. Waits at most {@link CAP_MS} for a service, or
   * {@link LOCAL_CAP_MS} for the database. If a service finds nothing in time, returns what {@link expect} has found.
   */
  async recall(text: string, signal: AbortSignal): Promise<readonly string[]> {
    const { keeping, clock, timeZone } = this.options;
    if (serviceOf(keeping)) {
      const ahead = this.#ahead;
      const found = await this.#within(this.#ask(text, signal), CAP_MS, signal);
      return found === undefined || found.length === 0 ? ahead : found;
    }
    await this.#within(this.#loaded, LOCAL_CAP_MS, signal);
    if (keeping === 'one_text') return this.#summary === undefined ? [] : [this.#summary];
    const today = dayIn(clock.wallMs(), timeZone);
    return this.#index.recall(text).map((fact) => {
      const day = dayIn(fact.createdMs, timeZone);
      return day === today ? sentenceOf(fact) : `${sentenceOf(fact)} (${day})`;
    });
  }

  async #ask(text: string, signal: AbortSignal): Promise<readonly string[]> {
    const { service, keeping, deviceId, agent, log } = this.options;
    try {
      return (await service()?.search(text, serviceUser(deviceId, agent?.id), signal)) ?? [];
    } catch (error) {
      if (!signal.aborted) log.info('a memory service failed', { deviceId, service: serviceOf(keeping), error });
      return [];
    }
  }

  #within<T>(work: Promise<T>, capMs: number, signal: AbortSignal): Promise<T | undefined> {
    const late = new Error('late');
    return withTimeout(
      this.options.clock,
      capMs,
      signal,
      () => late,
      () => work,
    ).catch(() => undefined);
  }
}

/** The user name of a device and an agent at a memory service. */
export function serviceUser(deviceId: string, agentId: string | undefined): string {
  return agentId === undefined || agentId === '' ? deviceId : `${deviceId}/${agentId}`;
}
