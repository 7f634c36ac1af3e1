import { randomUUID } from 'node:crypto';
import {
  asChorusError,
  backoffMs,
  BoundedQueue,
  Cancelled,
  ChorusError,
  isCancelled,
  sleep,
  type Backoff,
  type Clock,
  type LanguageTag,
  type Logger,
} from '../../core/index.js';
import {
  isSameName,
  type MemoryQuery,
  type MemoryRecord,
  type MemoryStore,
  type NewMemory,
} from '../../platform/store/index.js';
import type { Certainty, ChatMessage, LlmProvider } from '../../providers/llm/llm-port.js';
import type { MemoryService } from '../../providers/index.js';
import { MEMORY_SERVICES, type Agent, type MemoryKind, type TurnRecord } from '../../records/index.js';
import {
  extractionRequest,
  readExtraction,
  readSummary,
  summaryRequest,
  type ExtractionInput,
  type HeardExchange,
} from './extraction.js';
import { isConversation } from '../history/index.js';
import { FactIndex, isSameFact } from './fact-index.js';
import { keepingOf, serviceOf } from './keeping.js';
import { OpenMemory, serviceUser } from './open-memory.js';
import { memoryWords } from './words.js';

export interface MemoriesOptions {
  readonly store: MemoryStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a conversation starts. */
  readonly kindOf: (agent: Agent | undefined) => MemoryKind;
  readonly modelOf: (agent: Agent | undefined) => { readonly llm: LlmProvider; readonly model: string | undefined };
  /** Undefined if the service is not configured. */
  readonly service: (id: (typeof MEMORY_SERVICES)[number]) => MemoryService | undefined;
  /** The devices and agents for which services may keep memories. Rejects with `store.*`. */
  readonly keptBy: () => Promise<{ readonly devices: readonly string[]; readonly agents: readonly string[] }>;
  /** False while reading a conversation would delay a user. */
  readonly mayWork: () => boolean;
}

interface Talker {
  readonly deviceId: string;
  readonly language: LanguageTag;
  readonly timeZone: string;
}

/** A conversation that is over, but from which no facts were extracted yet. */
interface Job {
  readonly memory: OpenMemory;
  readonly exchanges: readonly HeardExchange[];
  tries: number;
  /** After a failure, the conversation is not read again before this time. */
  notBeforeMs: number;
}

interface Source {
  readonly deviceId: string;
  readonly ids: readonly string[];
  readonly turnId: string;
}

/** Maximum number of turns that wait to be linked with their facts. */
const MAX_SOURCES = 200;
/** Maximum number of conversations that wait until the model reads them. Each takes about 20 kB. */
const MAX_WAITING = 200;
const LOOK_AGAIN_MS = 2000;
/** All tries take about twenty minutes, so that an outage of the model loses no conversation. */
const RETRY: Backoff = { firstMs: 5000, mostMs: 300_000 };
const MAX_TRIES = 10;
const MAX_ANSWER_TOKENS = 1200;
const MAX_ANSWER_CHARS = 16_000;

/** The lowest priority, so that every answer for which a user waits goes first. */
const GIVES_WAY: Certainty = { certain: false, whenCertain: () => new Promise(() => undefined) };

export class Memories {
  readonly #open = new Map<string, OpenMemory>();
  readonly #jobs = new BoundedQueue<Job>(MAX_WAITING, 'dropOldest');
  readonly #sources = new BoundedQueue<Source>(MAX_SOURCES, 'dropOldest');
  #lastMs = 0;
  #working: Promise<void> = Promise.resolve();
  #reading: { readonly job: Job; readonly abort: AbortController } | undefined;

  constructor(private readonly options: MemoriesOptions) {}

  /** Opens the memory for a conversation that is starting. Undefined if nothing is remembered. */
  open({ deviceId, language, timeZone }: Talker, agent: Agent | undefined): OpenMemory | undefined {
    const { store, clock, log, kindOf } = this.options;
    const kind = kindOf(agent);
    const keeping = keepingOf(kind);
    if (keeping === undefined) return undefined;
    const agentId = agent?.id ?? '';
    const key = keyOf(deviceId, agentId);
    const read = (): Promise<readonly MemoryRecord[]> => store.memories({ deviceId, agentId });
    let memory = this.#open.get(key);
    if (memory?.about.kind !== kind) {
      const id = serviceOf(keeping);
      const service = () => id && this.options.service(id);
      memory = new OpenMemory({ deviceId, agent, kind, keeping, language, timeZone, read, service, clock, log });
      this.#open.set(key, memory);
    }
    memory.users += 1;
    return memory;
  }

  note(turnId: string, turn: Omit<TurnRecord, 'id'>): void {
    // Noise and overheard speech are not the user's words. Facts told meanwhile are linked to the next kept turn.
    if (!isConversation(turn)) return;
    const { deviceId, agentId, userText, answerText, person } = turn;
    const memory = this.#open.get(keyOf(deviceId, agentId));
    const ids = memory?.takeTold() ?? [];
    if (ids.length > 0) this.#sources.push({ deviceId, ids, turnId });
    if (userText === undefined) return;
    // A stranger whom the agent does not answer must not leave facts in the memory.
    if (person === undefined && memory?.about.agent?.answers === 'known') return;
    // The name tells the model whom the facts are about.
    const user = person === undefined ? userText : `${person}: ${userText}`;
    memory?.note({ turnId, person, user, reply: answerText ?? '' });
  }

  /** Call this when a conversation is over. The model reads the conversation later, when reading delays no user. */
  ended(deviceId: string, agent: Agent | undefined): void {
    const key = keyOf(deviceId, agent?.id);
    const memory = this.#open.get(key);
    if (memory === undefined) return;
    memory.users -= 1;
    if (memory.users > 0) return;
    this.#open.delete(key);
    const exchanges = memory.takeExchanges();
    if (exchanges.length > 0) this.#jobs.push({ memory, exchanges, tries: 0, notBeforeMs: 0 });
  }

  /** The fact replaces similar facts about the same person. {@link note} links the fact to its turn later. */
  async remember(
    deviceId: string,
    agentId: string | undefined,
    fact: Pick<MemoryRecord, 'name' | 'text' | 'keywords'>,
  ): Promise<void> {
    const memory = this.#open.get(keyOf(deviceId, agentId));
    const replaces = (memory?.facts ?? []).filter((other) => isSameFact(other, fact)).map(({ id }) => id);
    const kept = { ...this.#newFact(deviceId, agentId), ...fact, replaces };
    await this.#keep(deviceId, agentId, [kept]);
    memory?.told(kept.id);
  }

  /** Forgets the fact that matches these words best, and resolves with its text. Undefined if no fact matches. */
  async forgetAbout(deviceId: string, agentId: string | undefined, words: string): Promise<string | undefined> {
    const [found] = this.#open.get(keyOf(deviceId, agentId))?.index.search(words) ?? [];
    if (found === undefined) return undefined;
    await this.forget({ id: found.id });
    return found.text;
  }

  list(query: MemoryQuery): Promise<readonly MemoryRecord[]> {
    return this.options.store.memories(query);
  }

  async edit(id: string, text: string): Promise<MemoryRecord | undefined> {
    const record = await this.options.store.edit(id, text);
    if (record) await this.#reload(record.deviceId);
    return record;
  }

  /**
   * A query without an id also forgets conversations that were not read yet, and the memories at services. Rejects with
   * `store.*` or `memory.failed`. Services cannot forget a single person. If a service is configured, a query for a
   * person is carried out elsewhere, and then rejects with `memory.kept_by_device`.
   */
  async forget(query: MemoryQuery): Promise<number> {
    const { store } = this.options;
    if (query.id === undefined) await this.#dropUnread(query);
    const before = query.id === undefined ? [] : await store.memories({ id: query.id });
    const removed = await store.forget(query);
    await this.#reload(query.deviceId ?? before[0]?.deviceId);
    await this.#forgetAtServices(query, new AbortController().signal);
    return removed;
  }

  /** Forgets a device whose rows were already deleted. */
  forgetDevice(deviceId: string): void {
    void this.#dropUnread({ deviceId });
    for (const [key, memory] of this.#open) if (memory.about.deviceId === deviceId) this.#open.delete(key);
  }

  /** Logs a failure instead of rejecting, and does not try again. */
  async forgetAtServices(
    deleted: { readonly deviceId: string } | { readonly agentId: string },
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#forgetAtServices(deleted, signal);
    } catch (error) {
      const { message } = asChorusError(error, 'memory.failed');
      this.options.log.warn('a memory service may still remember a deleted device or agent', {
        problem: 'memory.not_forgotten',
        ...deleted,
        reason: message,
      });
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(this.options.clock, LOOK_AGAIN_MS, signal);
      await this.linkSources();
      const job = this.options.mayWork() ? this.#takeDue() : undefined;
      if (job !== undefined) await (this.#working = this.#attempt(job, signal));
    }
  }

  #takeDue(): Job | undefined {
    const nowMs = this.options.clock.nowMs();
    const waiting = this.#jobs.drain();
    const due = waiting.find(({ notBeforeMs }) => notBeforeMs <= nowMs);
    for (const job of waiting) if (job !== due) this.#jobs.push(job);
    return due;
  }

  /** Resolves when no conversation is being read. */
  settled(): Promise<void> {
    return this.#working;
  }

  /**
   * Links facts to the turns in which they were told. {@link run} does this regularly. Call this when no further turn
   * will come.
   */
  async linkSources(): Promise<void> {
    for (const { deviceId, ids, turnId } of this.#sources.drain()) {
      try {
        await this.options.store.setSource(ids, turnId);
      } catch (error) {
        // The facts remain stored without the link.
        const { code, message } = asChorusError(error, 'store.failed');
        this.options.log.warn('the turn of a fact was not noted', { deviceId, code, reason: message });
      }
    }
  }

  async #attempt(job: Job, signal: AbortSignal): Promise<void> {
    const abort = new AbortController();
    this.#reading = { job, abort };
    try {
      await this.#read(job, AbortSignal.any([signal, abort.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (abort.signal.aborted) return;
      if (isCancelled(error)) return void this.#jobs.push(job);
      const { code, message, row } = asChorusError(error, 'memory.failed');
      job.tries += 1;
      job.notBeforeMs = this.options.clock.nowMs() + backoffMs(job.tries, RETRY);
      const again = row.retryable && job.tries < MAX_TRIES;
      if (again) this.#jobs.push(job);
      const { deviceId } = job.memory.about;
      this.options.log.warn('a conversation was not remembered', { deviceId, code, reason: message, again });
    } finally {
      this.#reading = undefined;
    }
  }

  async #read({ memory, exchanges }: Job, signal: AbortSignal): Promise<void> {
    const { deviceId, agent, keeping, language, timeZone } = memory.about;
    const { store, modelOf, clock } = this.options;
    const agentId = agent?.id ?? '';
    const service = serviceOf(keeping);
    if (service) return this.options.service(service)?.add(exchanges, serviceUser(deviceId, agentId), signal);
    if (modelOf(agent).llm.byRules === true) return;
    const current = (await store.memories({ deviceId, agentId })).filter(({ replacedBy }) => replacedBy === undefined);
    const index = await FactIndex.of(current);
    const known = index.recallFor(exchanges.map(({ user }) => user));
    const input: ExtractionInput = { language, timeZone, wallMs: clock.wallMs(), exchanges, known };
    if (keeping === 'one_text') return this.#summarise(memory, input, current, signal);
    const answer = await this.#ask(agent, extractionRequest(input), input, signal);
    const extracted = readExtraction(answer, input);
    if (extracted === undefined) {
      this.options.log.info('the model noted nothing of a conversation that can be read', { deviceId });
      return;
    }
    const facts = extracted.facts.flatMap((fact): NewMemory[] =>
      known.some((other) => other.text === fact.text && !fact.replaces.includes(other.id))
        ? []
        : [{ ...this.#newFact(deviceId, agentId), ...fact }],
    );
    await this.#keep(deviceId, agentId, facts);
    for (const id of extracted.forget) await store.forget({ id });
    if (extracted.forget.length > 0) await this.#reload(deviceId);
  }

  async #summarise(
    memory: OpenMemory,
    input: ExtractionInput,
    current: readonly MemoryRecord[],
    signal: AbortSignal,
  ): Promise<void> {
    const { deviceId, agent } = memory.about;
    const before = current.find((record) => record.kind === 'summary');
    const text = readSummary(await this.#ask(agent, summaryRequest(input, before?.text), input, signal));
    if (text === undefined) return;
    const sourceTurn = input.exchanges.at(-1)?.turnId;
    const replaces = before === undefined ? [] : [before.id];
    await this.#keep(deviceId, agent?.id, [
      { ...this.#newFact(deviceId, agent?.id), kind: 'summary', text, sourceTurn, replaces },
    ]);
  }

  async #ask(
    agent: Agent | undefined,
    messages: readonly ChatMessage[],
    { language, timeZone }: ExtractionInput,
    signal: AbortSignal,
  ): Promise<string> {
    const { llm, model } = this.options.modelOf(agent);
    const request = { messages, tools: [], maxTokens: MAX_ANSWER_TOKENS, model, language, timeZone };
    let said = '';
    for await (const delta of llm.stream({ ...request, certainty: GIVES_WAY }, signal)) {
      signal.throwIfAborted();
      if (delta.type === 'text') said += delta.text;
      if (said.length > MAX_ANSWER_CHARS) break;
    }
    signal.throwIfAborted();
    return said;
  }

  /** Gives each fact a later time than the previous fact, so that facts stay in order. */
  #newFact(deviceId: string, agentId: string | undefined): NewMemory {
    this.#lastMs = Math.max(this.#lastMs + 1, this.options.clock.wallMs());
    return {
      id: randomUUID(),
      deviceId,
      agentId: agentId ?? '',
      kind: 'fact',
      subject: 'person',
      name: undefined,
      text: '',
      keywords: [],
      sourceTurn: undefined,
      createdMs: this.#lastMs,
      replaces: [],
    };
  }

  async #keep(deviceId: string, agentId: string | undefined, facts: readonly NewMemory[]): Promise<void> {
    await this.options.store.keep(facts);
    if (facts.length > 0) await this.#open.get(keyOf(deviceId, agentId))?.load();
  }

  async #reload(deviceId: string | undefined): Promise<void> {
    for (const memory of this.#open.values())
      if (deviceId === undefined || memory.about.deviceId === deviceId) await memory.load();
  }

  /** A conversation that is being read is read again without what is dropped. Resolves when its reading has ended. */
  async #dropUnread({ deviceId, agentId, person }: MemoryQuery): Promise<void> {
    const concerns = ({ about }: OpenMemory): boolean =>
      (deviceId === undefined || about.deviceId === deviceId) &&
      (agentId === undefined || (about.agent?.id ?? '') === agentId);
    const fits = (exchange: HeardExchange): boolean =>
      person === undefined || (exchange.person !== undefined && isSameName(exchange.person, person));
    const waiting = this.#jobs.drain();
    const reading = this.#reading;
    const stops = reading !== undefined && concerns(reading.job.memory) && reading.job.exchanges.some(fits);
    // Once aborted, what is left of its job waits already.
    if (stops && !reading.abort.signal.aborted) waiting.unshift(reading.job);
    if (stops) reading.abort.abort(new Cancelled('forgotten'));
    for (const job of waiting) {
      const exchanges = concerns(job.memory) ? job.exchanges.filter((one) => !fits(one)) : job.exchanges;
      if (exchanges.length > 0) this.#jobs.push({ ...job, exchanges });
    }
    for (const memory of this.#open.values()) if (concerns(memory)) memory.drop(fits);
    if (stops) await this.#working.catch(() => undefined);
  }

  async #forgetAtServices({ id, person, deviceId, agentId }: MemoryQuery, signal: AbortSignal): Promise<void> {
    const services = MEMORY_SERVICES.flatMap((name) => this.options.service(name) ?? []);
    if (id !== undefined || services.length === 0) return;
    if (person !== undefined) throw new ChorusError('memory.kept_by_device', memoryWords.keptByDevice);
    const { devices, agents } = await this.options.keptBy();
    const deviceIds = deviceId === undefined ? devices : [deviceId];
    const agentIds = agentId === undefined ? ['', ...agents] : [agentId];
    const users = deviceIds.flatMap((device) => agentIds.map((agent) => serviceUser(device, agent)));
    for (const service of services) for (const user of users) await service.forget(user, signal);
  }
}

function keyOf(deviceId: string, agentId: string | undefined): string {
  return `${deviceId} ${agentId ?? ''}`;
}
