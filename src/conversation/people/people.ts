import { randomUUID } from 'node:crypto';
import { ChorusError, type Clock, type Logger } from '../../core/index.js';
import type { PeopleStore, PersonRecord } from '../../platform/store/index.js';
import { Speaker, type SpeakerOptions } from './speaker.js';
import type { Voiceprints } from './voiceprint-port.js';
import { peopleWords } from './words.js';

export interface PeopleOptions {
  readonly store: PeopleStore;
  /** Undefined if no service is configured. Nobody is identified then. */
  readonly voiceprints: () => Voiceprints | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Time after which the list of people is read again. Another server may have changed it in the database. */
const LIST_MS = 15_000;

export class People {
  readonly #speakers = new Map<string, Speaker>();
  #list: { readonly atMs: number; readonly people: Promise<readonly PersonRecord[]> } | undefined;

  constructor(private readonly options: PeopleOptions) {}

  get on(): boolean {
    return this.options.voiceprints() !== undefined;
  }

  /**
   * Opens the speaker recognition of one session. If a device has several sessions, {@link remember} uses the newest.
   */
  open(deviceId: string, fork: SpeakerOptions['fork']): Speaker {
    const { clock, log } = this.options;
    const speaker = new Speaker({ identify: (pcm, signal) => this.#identify(pcm, signal), fork, clock, log });
    this.#speakers.set(deviceId, speaker);
    return speaker;
  }

  close(deviceId: string, speaker: Speaker): void {
    if (this.#speakers.get(deviceId) === speaker) this.#speakers.delete(deviceId);
  }

  /**
   * Replaces the voice of a person with the same name. False if too little was heard. Rejects with the errors of
   * `Voiceprints`, or with `store.*`.
   */
  async remember(deviceId: string, name: string, signal: AbortSignal): Promise<boolean> {
    const pcm = this.#speakers.get(deviceId)?.lastHeard;
    if (pcm === undefined) return false;
    await this.enroll(name, pcm, signal);
    return true;
  }

  /** `pcm` is 16 kHz mono. Rejects with the errors of {@link remember}. */
  async enroll(name: string, pcm: Int16Array, signal: AbortSignal): Promise<PersonRecord> {
    const { store, clock } = this.options;
    const service = this.#service();
    const known = (await store.people()).find((person) => person.name.toLowerCase() === name.toLowerCase());
    const person = known ?? { id: `chorus-${randomUUID()}`, name, createdMs: clock.wallMs() };
    await service.register(person.id, pcm, signal);
    if (!known && !(await store.keep(person))) {
      await service.remove(person.id, signal);
      throw new ChorusError('voiceprint.failed', peopleWords.tooManyVoices);
    }
    this.#list = undefined;
    return person;
  }

  list(): Promise<readonly PersonRecord[]> {
    return this.options.store.people();
  }

  /** False if no person has this id. Rejects with `store.*`. */
  async rename(id: string, name: string): Promise<boolean> {
    this.#list = undefined;
    return this.options.store.rename(id, name);
  }

  /**
   * The service removes the voice first, so that no voice is left without a person. False if no person has this id.
   * Rejects with the errors of `Voiceprints`, or with `store.*`.
   */
  async forget(id: string, signal: AbortSignal): Promise<boolean> {
    const known = (await this.options.store.people()).some((person) => person.id === id);
    if (!known) return false;
    await this.#service().remove(id, signal);
    this.#list = undefined;
    return this.options.store.remove(id);
  }

  async #identify(pcm: Int16Array, signal: AbortSignal): Promise<string | undefined> {
    const service = this.options.voiceprints();
    const people = service === undefined ? [] : await this.#people();
    if (service === undefined || people.length === 0) return undefined;
    const id = await service.identify(
      people.map((person) => person.id),
      pcm,
      signal,
    );
    return people.find((person) => person.id === id)?.name;
  }

  #people(): Promise<readonly PersonRecord[]> {
    const nowMs = this.options.clock.nowMs();
    if (this.#list !== undefined && nowMs - this.#list.atMs < LIST_MS) return this.#list.people;
    const people = this.options.store.people();
    this.#list = { atMs: nowMs, people };
    people.catch(() => (this.#list = undefined));
    return people;
  }

  #service(): Voiceprints {
    const service = this.options.voiceprints();
    if (service === undefined) throw new ChorusError('voiceprint.failed', peopleWords.noService);
    return service;
  }
}
