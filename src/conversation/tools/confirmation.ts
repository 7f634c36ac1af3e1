import type { Clock } from '../../core/index.js';

/** A later answer to "shall I?" is meant for something else. */
const WAITS_MS = 60_000;

/** No plain yes is longer. */
const MAX_YES_CHARS = 40;
const YES =
  /^(?:please|ok|okay|yes|yeah|yep|yup|sure|certainly|ofcourse|goahead|doit|confirm|confirmed|iconfirm|iamsure|嗯|对|对的|是|是的|好|好的|好吧|好啊|行|可以|可以的|没问题|确定|确认|当然|要|要的|没错|请|做吧|来吧|同意|我确定|我确认)+$/;

/** True for a plain yes, in English or Chinese. "Yes, but later" is none. */
export function isYes(said: string): boolean {
  const letters = said
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return letters.length <= MAX_YES_CHARS && YES.test(letters);
}

/**
 * Tools that ask first. The first call is not run: the model asks the user, and the same call runs once the user's next
 * utterance is a plain yes. So text that a model reads cannot make it run such a tool on its own.
 */
export class Confirmations {
  #asked: { readonly call: string; readonly atMs: number } | undefined;
  #yes = false;

  constructor(private readonly clock: Clock) {}

  heard(text: string): void {
    this.#yes = this.#asked !== undefined && isYes(text);
    if (!this.#yes) this.#asked = undefined;
  }

  /** True: the user has confirmed this call, once. False: the user has to be asked now. */
  take(name: string, input: Readonly<Record<string, unknown>>): boolean {
    const call = JSON.stringify([name, input]);
    const asked = this.#asked;
    const nowMs = this.clock.nowMs();
    const confirmed = this.#yes && asked?.call === call && nowMs - asked.atMs <= WAITS_MS;
    this.#yes = false;
    this.#asked = confirmed ? undefined : { call, atMs: nowMs };
    return confirmed;
  }
}
