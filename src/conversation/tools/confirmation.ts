import { lettersOf } from '../dialogue/text/characters.js';
import type { Clock } from '../../core/index.js';
import type { ConfirmedCall } from './tool-source.js';

/** Longest wait for the answer to "shall I?"; a later one is meant for something else. */
const WAITS_MS = 60_000;

/** A plain yes is not longer than this. */
const MAX_YES_CHARS = 40;
const ENGLISH =
  'please|ok|okay|yes|yeah|yep|yup|sure|certainly|ofcourse|goahead|doit|confirm|confirmed|iconfirm|iamsure';
const CHINESE =
  '嗯|对|对的|是|是的|好|好的|好吧|好啊|行|可以|可以的|没问题|确定|确认|当然|要|要的|没错|请|做吧|来吧|同意|我确定|我确认';
const YES = new RegExp(`^(?:${ENGLISH}|${CHINESE})+$`);

/** True for a plain yes, in English or Chinese. "Yes, but later" is not one. */
export function isYes(said: string): boolean {
  const letters = lettersOf(said);
  return letters.length <= MAX_YES_CHARS && YES.test(letters);
}

interface Asked extends ConfirmedCall {
  readonly call: string;
  readonly question: string;
  readonly atMs: number;
}

/**
 * Confirmations of tools that ask first. The first call is not run: the server asks the user, and the same call runs
 * once the user's next utterance is a plain yes. So a text that a model reads cannot make it run such a tool on its
 * own, nor hide the question behind another one.
 */
export class Confirmations {
  #asked: Asked | undefined;
  #yes = false;

  constructor(private readonly clock: Clock) {}

  get asking(): boolean {
    return this.#asked !== undefined;
  }

  heard(text: string): ConfirmedCall | undefined {
    const asked = this.#asked;
    this.#yes = asked !== undefined && isYes(text) && this.clock.nowMs() - asked.atMs <= WAITS_MS;
    if (!this.#yes) this.#asked = undefined;
    return this.#asked && { name: this.#asked.name, input: this.#asked.input };
  }

  /** The question counts as asked if at least half of it was heard. */
  spoken(text: string): void {
    const question = lettersOf(this.#asked?.question ?? '');
    if (!lettersOf(text).includes(question.slice(0, Math.ceil(question.length / 2)))) this.#asked = undefined;
  }

  /** True: the user has confirmed this call, once. False: the user must be asked now. */
  take(name: string, input: Readonly<Record<string, unknown>>, question: string): boolean {
    const call = JSON.stringify([name, input]);
    const confirmed = this.#yes && this.#asked?.call === call;
    this.#yes = false;
    this.#asked = confirmed ? undefined : { name, input, call, question, atMs: this.clock.nowMs() };
    return confirmed;
  }
}
