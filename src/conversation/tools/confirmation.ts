import { lettersOf } from '../dialogue/text/characters.js';
import type { Clock } from '../../core/index.js';
import { wordsIn } from '../session/phrases.js';
import type { ConfirmedCall } from './tool-source.js';

/** A later yes does not count, because it probably answers another question. */
const WAITS_MS = 60_000;

const MAX_YES_CHARS = 40;
const ENGLISH =
  'please|ok|okay|yes|yeah|yep|yup|sure|certainly|ofcourse|goahead|doit|confirm|confirmed|iconfirm|iamsure';
const CHINESE =
  '嗯|对|对的|是|是的|好|好的|好吧|好啊|行|可以|可以的|没问题|确定|确认|当然|要|要的|没错|请|做吧|来吧|同意|我确定|我确认';
const YES = new RegExp(`^(?:${ENGLISH}|${CHINESE})+$`);
/** 要 begins many Chinese questions, where it means "shall" and not "yes". */
const ASKING_YES = /^要(?!的)/;

/** Words that may surround a yes without changing its meaning. */
const AROUND = new Set('it,that,this,them,the,please,now,do,吧,把,啊,呀,就,请'.split(','));
/** A yes that repeats words of the question does not count with one of these words of a question or refusal. */
const DOUBT = /\b(?:shall|should|no|not|never|don'?t|wait|why)\b|[吗呢么不没别勿莫]/iu;
const ASKING = /^(?:shall i|要(?:我|把)?)\s*/iu;

/**
 * Accepts a plain yes, or a yes with words of `question`: "Yes, restart it", but not "Yes, but later". A question mark
 * may be a mistake of the recogniser, but asking again is safer.
 */
export function isYes(said: string, question = ''): boolean {
  const letters = lettersOf(said);
  if (letters.length > MAX_YES_CHARS || /[?？]/.test(said)) return false;
  return YES.test(letters) || isRepeated(said, question);
}

/** The repeated words must contain the verb. "Yes, lock it" is no yes to "Shall I unlock the lock?". */
function isRepeated(said: string, question: string): boolean {
  const asked = wordsIn(question.replace(ASKING, ''));
  // A question such as "Shall I do this: delete file?" has two verbs.
  const verbs = question.split(':').map((part) => wordsIn(part.replace(ASKING, ''))[0] ?? '');
  if (DOUBT.test(said)) return false;
  // A part of the question is no yes, because the microphone may have heard the device's own speaker.
  if (lettersOf(question).includes(lettersOf(said))) return false;
  const words = wordsIn(said);
  return words.some((_, at) => {
    const rest = words.slice(at);
    const yes = lettersOf(words.slice(0, at).join(''));
    return (
      YES.test(yes) &&
      !ASKING_YES.test(yes) &&
      rest.some((word) => verbs.includes(word)) &&
      rest.every((word) => asked.includes(word) || AROUND.has(word) || YES.test(word))
    );
  });
}

interface Asked extends ConfirmedCall {
  readonly call: string;
  readonly question: string;
  readonly atMs: number;
}

/**
 * Makes certain tools ask the user first. The first call only asks. The same call runs after the user has said yes.
 * Text that a model reads can therefore neither run the tool nor suppress the question.
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
    this.#yes = asked !== undefined && isYes(text, asked.question) && this.clock.nowMs() - asked.atMs <= WAITS_MS;
    if (!this.#yes) this.#asked = undefined;
    return this.#asked && { name: this.#asked.name, input: this.#asked.input };
  }

  /** `text` is what the user heard. Without the first half of the question, a later yes does not count. */
  spoken(text: string): void {
    const question = lettersOf(this.#asked?.question ?? '');
    if (!lettersOf(text).includes(question.slice(0, Math.ceil(question.length / 2)))) this.#asked = undefined;
  }

  /**
   * Returns true if the user has confirmed this call, which may then run once. Otherwise the caller asks the user now.
   */
  take(name: string, input: Readonly<Record<string, unknown>>, question: string): boolean {
    const call = JSON.stringify([name, input]);
    const confirmed = this.#yes && this.#asked?.call === call;
    this.#yes = false;
    this.#asked = confirmed ? undefined : { name, input, call, question, atMs: this.clock.nowMs() };
    return confirmed;
  }
}
