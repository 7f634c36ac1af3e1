import { lettersOf } from '../dialogue/text/characters.js';
import type { Clock } from '../../core/index.js';
import { wordsIn } from '../session/phrases.js';
import type { ConfirmedCall } from './tool-source.js';

/** How long the server waits for the answer to a question such as "Shall I ...?". A later yes means something else. */
const WAITS_MS = 60_000;

/** Longest yes. */
const MAX_YES_CHARS = 40;
const ENGLISH =
  'please|ok|okay|yes|yeah|yep|yup|sure|certainly|ofcourse|goahead|doit|confirm|confirmed|iconfirm|iamsure';
const CHINESE =
  '嗯|对|对的|是|是的|好|好的|好吧|好啊|行|可以|可以的|没问题|确定|确认|当然|要|要的|没错|请|做吧|来吧|同意|我确定|我确认';
const YES = new RegExp(`^(?:${ENGLISH}|${CHINESE})+$`);
/** Matches 要 as it begins many Chinese questions. There it means "shall", not "yes". */
const ASKING_YES = /^要(?!的)/;

/** Words that may surround a yes without changing it. */
const AROUND = new Set('it,that,this,them,the,please,now,do,吧,把,啊,呀,就,请'.split(','));
/** Matches a question or a refusal. Neither is a yes, even if it uses the words of the question asked. */
const DOUBT = /[?？]|\b(?:shall|should|no|not|never|don'?t|wait|why)\b|[吗呢么不没别勿莫]/iu;
/** The beginning of a question, up to its verb. */
const ASKING = /^(?:shall i|要(?:我|把)?)\s*/iu;

/**
 * True for a yes in English or Chinese: a plain one, or one that repeats words of `question` ("Yes, restart it"). "Yes,
 * but later" is not a yes.
 */
export function isYes(said: string, question = ''): boolean {
  const letters = lettersOf(said);
  if (letters.length > MAX_YES_CHARS) return false;
  return YES.test(letters) || isRepeated(said, question);
}

/**
 * True for a yes that is followed by words of the question, including the verb. To "Shall I unlock the lock?", "Yes,
 * lock it" is not a yes.
 */
function isRepeated(said: string, question: string): boolean {
  const asked = wordsIn(question.replace(ASKING, ''));
  // A question such as "Shall I do this: delete file?" has two verbs.
  const verbs = question.split(':').map((part) => wordsIn(part.replace(ASKING, ''))[0] ?? '');
  if (DOUBT.test(said)) return false;
  // The microphone may have heard the question itself, from the device's own speaker.
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
 * Asks the user before certain tools run. The first call does not run the tool; the server asks the user instead. The
 * same call runs once the user's next utterance is a yes. Therefore no text that a model reads can run such a tool, or
 * hide the question behind another one.
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

  /** Call it with the text that was heard. The question counts as asked if at least half of it was heard. */
  spoken(text: string): void {
    const question = lettersOf(this.#asked?.question ?? '');
    if (!lettersOf(text).includes(question.slice(0, Math.ceil(question.length / 2)))) this.#asked = undefined;
  }

  /** True: the user has confirmed this call, and it may run once. False: the user has to be asked now. */
  take(name: string, input: Readonly<Record<string, unknown>>, question: string): boolean {
    const call = JSON.stringify([name, input]);
    const confirmed = this.#yes && this.#asked?.call === call;
    this.#yes = false;
    this.#asked = confirmed ? undefined : { name, input, call, question, atMs: this.clock.nowMs() };
    return confirmed;
  }
}
