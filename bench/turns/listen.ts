import {
  DEFAULT_TURN_RULES,
  initialState,
  reduce,
  type TurnEffect,
  type TurnEvent,
  type TurnRules,
  type TurnState,
} from '../../src/conversation/turn/index.js';
import { SILERO_WINDOW_SAMPLES } from '../../src/providers/vad/silero.js';
import type { EndpointPolicy } from '../../src/speech/listening/index.js';
import { UtteranceAssembler } from '../../src/speech/listening/process/utterance.js';
import { DEFAULT_UTTERANCE_OPTIONS } from '../../src/speech/listening/utterance-options.js';
import type { TestUtterance } from './utterance-set.js';

export interface Listener {
  readonly policy: EndpointPolicy;
  /** Time of the model to its first token, as it is known from earlier turns; undefined: it is not known. */
  readonly thinkingMs: number | undefined;
  readonly speculative: boolean;
  readonly recognise: (pcm: Int16Array) => Promise<string>;
}

export interface Outcome {
  /** The turn was ended before its second part began. */
  readonly cutOff: boolean;
  /** From the end of speech to the decision; undefined where it was cut off. */
  readonly waitMs: number | undefined;
  /** From the end of speech to the moment when the model was asked. */
  readonly askedMs: number | undefined;
}

const WINDOW_MS = SILERO_WINDOW_SAMPLES / 16;
/** From a piece to its text: one decode of Moonshine of some seconds on one idle core. */
const RECOGNITION_MS = 150;
/** A cut is one that comes before the detector can know that speech goes on. */
const ONSET_MS = 100;

/**
 * Plays an utterance to the server's own utterance assembler and turn reducer in virtual time, with real voice activity
 * (`probabilities`, one for each window) and real recognition.
 */
export async function listenTo(
  { pcm, pause, speechEndMs }: TestUtterance,
  probabilities: readonly number[],
  listener: Listener,
): Promise<Outcome> {
  const turn = new VirtualTurn(listener);
  for (const [window, probability] of probabilities.entries()) {
    if (turn.decidedMs !== undefined) break;
    const from = window * SILERO_WINDOW_SAMPLES;
    await turn.hear(pcm.slice(from, from + SILERO_WINDOW_SAMPLES), probability);
  }
  const { askedMs, nowMs, decidedMs = nowMs } = turn;
  const cutOff = pause !== undefined && decidedMs < pause.startMs + pause.lengthMs + ONSET_MS;
  return {
    cutOff,
    waitMs: cutOff ? undefined : decidedMs - speechEndMs,
    askedMs: cutOff || askedMs === undefined ? undefined : askedMs - speechEndMs,
  };
}

interface Due {
  readonly name: string;
  readonly atMs: number;
  readonly event: () => Promise<TurnEvent>;
}

/** One turn of one device, without clock, process or model. */
class VirtualTurn {
  nowMs = 0;
  decidedMs: number | undefined;
  askedMs: number | undefined;
  readonly #rules: TurnRules;
  #state: TurnState;
  #assembler: UtteranceAssembler | undefined;
  #due: Due[] = [];

  constructor(private readonly listener: Listener) {
    const { policy, speculative } = listener;
    this.#rules = {
      ...DEFAULT_TURN_RULES,
      language: 'en-US',
      exitWords: [],
      wakeWords: [],
      endpoint: policy,
      speculative,
    };
    this.#state = initialState(0);
    this.#dispatch({ type: 'opened' });
    this.#dispatch({ type: 'listen_start', mode: 'auto' });
  }

  async hear(pcm: Int16Array, probability: number): Promise<void> {
    this.nowMs += WINDOW_MS;
    this.#assembler?.window(pcm, probability, false);
    for (let next = this.#nextDue(); next; next = this.#nextDue()) {
      this.#cancel(next.name);
      this.#dispatch(await next.event());
    }
  }

  #nextDue(): Due | undefined {
    return this.#due.find(({ atMs }) => atMs <= this.nowMs);
  }

  #cancel(name: string): void {
    this.#due = this.#due.filter((one) => one.name !== name);
  }

  #dispatch(event: TurnEvent): void {
    const { thinkingMs } = this.listener;
    const { state, effects } = reduce(this.#rules, { ...this.#state, thinkingMs }, event, this.nowMs);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: TurnEffect): void {
    switch (effect.type) {
      case 'begin_listening':
        this.#assembler ??= new UtteranceAssembler(DEFAULT_UTTERANCE_OPTIONS, effect.turn, (event) => {
          if (event.type === 'utterance_ended') this.decidedMs = event.decidedMs;
          this.#dispatch({ type: 'heard', event });
        });
        break;
      case 'request_admission':
        this.#dispatch({ type: 'admitted' });
        break;
      case 'require_silence':
        this.#assembler?.requireSilence(effect.silenceMs);
        break;
      case 'prepare':
        this.askedMs = this.nowMs;
        break;
      case 'converse':
        if (effect.preparedId === undefined) this.askedMs = this.nowMs;
        break;
      case 'recognise':
        this.#recognise(effect.requestId, effect.pcm);
        break;
      case 'cancel_recognition':
        this.#cancel(`recognise ${effect.requestId}`);
        break;
      case 'start_timer':
        this.#after(effect.name, effect.delayMs, async () => ({ type: 'timer', name: effect.name }));
        break;
      case 'cancel_timer':
        this.#cancel(effect.name);
        break;
      default:
    }
  }

  #recognise(requestId: number, pcm: Int16Array): void {
    this.#after(`recognise ${requestId}`, RECOGNITION_MS, async () => {
      const text = await this.listener.recognise(pcm);
      const recognition = { text, asr: 'moonshine-tiny-en', waitMs: 0, runMs: 0, punctuationMeansEnd: true };
      return { type: 'recognised', requestId, recognition };
    });
  }

  #after(name: string, delayMs: number, event: Due['event']): void {
    this.#cancel(name);
    this.#due.push({ name, atMs: this.nowMs + delayMs, event });
  }
}
