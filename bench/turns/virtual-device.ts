import {
  DEFAULT_TURN_RULES,
  initialState,
  reduce,
  type TurnEffect,
  type TurnEvent,
  type TurnRules,
  type TurnState,
} from '../../src/conversation/turn/index.js';
import type { LanguageTag } from '../../src/core/index.js';
import { SILERO_WINDOW_SAMPLES } from '../../src/providers/vad/silero.js';
import { EchoDetector } from '../../src/speech/listening/echo/echo.js';
import type { EndpointPolicy, Prosody } from '../../src/speech/listening/index.js';
import { UtteranceAssembler } from '../../src/speech/listening/process/utterance.js';
import { DEFAULT_UTTERANCE_OPTIONS } from '../../src/speech/listening/utterance-options.js';
import { VirtualSpeaker } from './virtual-speaker.js';

export interface VirtualSetup {
  readonly mode: 'auto' | 'realtime';
  readonly policy: EndpointPolicy;
  /** Time from the request to the model to its first token. */
  readonly thinkingMs: number;
  /** True if the server knows this time from earlier turns. */
  readonly known: boolean;
  readonly speculative: boolean;
  /** Sound of every reply, 16 kHz. */
  readonly replyPcm: Int16Array;
  readonly rules?: Partial<TurnRules>;
  /** State that the server has from earlier turns. */
  readonly state?: Partial<TurnState>;
  readonly recognise: (pcm: Int16Array) => Promise<string>;
  /** Default: English. */
  readonly language?: LanguageTag;
  /** False if the recogniser writes no punctuation. */
  readonly marks?: boolean;
  /** Undefined if prosody is not judged. */
  readonly judgeProsody?: ((pcm: Int16Array) => Promise<Prosody>) | undefined;
}

export const WINDOW_MS = SILERO_WINDOW_SAMPLES / 16;
/**
 * Time from a piece of sound to its text. Measured with Moonshine on one idle core of an Intel Xeon with VNNI: 31 ms
 * for 1 s of speech, 45 for 2 s, 75 for 4 s and 117 for 6 s. The first term includes 5 ms for the path through the
 * server.
 */
const recognitionMs = (pcm: Int16Array): number => 20 + (16.5 * pcm.length) / 16_000;
/**
 * Time from the text to the verdict on the prosody. On the same core it was 38 to 51 ms, plus the messages to and from
 * the process.
 */
const PROSODY_MS = 60;
/** Time from the first token to the first sentence. */
const FIRST_CHUNK_MS = 150;
/** Time that a cloud voice needs to its first sound. */
const SYNTHESIS_MS = 200;

interface Due {
  readonly name: string;
  readonly atMs: number;
  readonly event: () => Promise<TurnEvent>;
}

/** Simulates one device with the server's own turn rules, utterance assembler and echo detector, in virtual time. */
export class VirtualDevice {
  nowMs = 0;
  /** Times at which turns ended. */
  readonly decidedMs: number[] = [];
  /** Times at which the model was asked. */
  readonly askedMs: number[] = [];
  /**
   * Times at which the words of each question were complete. A question that became part of a longer one is left out.
   */
  questionsMs: number[] = [];
  /** The reasons why utterances got no answer. */
  readonly overheard: string[] = [];
  readonly speaker: VirtualSpeaker;
  readonly #rules: TurnRules;
  #state: TurnState;
  #assembler: UtteranceAssembler | undefined;
  #listening = false;
  #speaking = false;
  #due: Due[] = [];
  readonly #echo = new EchoDetector({ ...DEFAULT_UTTERANCE_OPTIONS });
  #playing = false;

  constructor(private readonly setup: VirtualSetup) {
    const { policy, speculative, known, thinkingMs, language = 'en-US', rules } = setup;
    this.#rules = {
      ...DEFAULT_TURN_RULES,
      language,
      exitWords: [],
      wakeWords: [],
      endpoint: policy,
      speculative,
      prosody: setup.judgeProsody !== undefined,
      ...rules,
    };
    this.speaker = new VirtualSpeaker(setup.replyPcm);
    this.#state = { ...initialState(0), thinkingMs: known ? thinkingMs : undefined, ...setup.state };
    this.#dispatch({ type: 'opened' });
    this.#dispatch({ type: 'listen_start', mode: setup.mode });
  }

  get listening(): TurnState['listening'] {
    return this.#state.listening;
  }

  /** True while an answer is generated or played. */
  get answering(): boolean {
    return this.#state.reply !== undefined;
  }

  /** Simulates a turn without playing its sound, so that an answer begins. */
  asks(): void {
    const turnId = this.#state.listening?.turnId ?? 0;
    const pcm = new Int16Array(0);
    this.#dispatch({ type: 'heard', event: { type: 'speech_started', turnId, atMs: 0 } });
    this.#dispatch({
      type: 'heard',
      event: { type: 'piece', turnId, index: 0, revision: 0, pcm, startMs: 0, endMs: 0, committed: false },
    });
    this.#dispatch({
      type: 'heard',
      event: {
        type: 'utterance_ended',
        turnId,
        pieces: 1,
        lastRevision: 0,
        reason: 'silence',
        speechEndMs: 0,
        decidedMs: 0,
      },
    });
  }

  /**
   * Processes a window of microphone sound. In auto mode the window is ignored while the device speaks, because its
   * microphone is then off.
   */
  async hear(pcm: Int16Array, probability: number): Promise<void> {
    this.nowMs += WINDOW_MS;
    for (const packet of this.speaker.upTo(this.nowMs)) {
      if (this.setup.mode !== 'realtime') continue;
      if (!this.#playing) {
        this.#playing = true;
        this.#echo.playbackStarted();
        this.#assembler?.rearm();
      }
      this.#echo.reference(packet);
    }
    const heard = this.setup.mode === 'realtime' || !this.#speaking;
    if (heard && this.#listening) this.#window(pcm, probability);
    for (let next = this.#nextDue(); next; next = this.#nextDue()) {
      this.#cancel(next.name);
      this.#dispatch(await next.event());
    }
  }

  #window(pcm: Int16Array, probability: number): void {
    const verdict = this.#echo.window(pcm, probability);
    const assembler = this.#assembler;
    assembler?.window(pcm, verdict.probability, verdict.held);
    if (verdict.userSinceSamples !== undefined)
      assembler?.interrupt(assembler.nowSample - verdict.userSinceSamples, verdict.playing);
  }

  #nextDue(): Due | undefined {
    return this.#due.find(({ atMs }) => atMs <= this.nowMs);
  }

  #cancel(name: string): void {
    this.#due = this.#due.filter((one) => one.name !== name);
  }

  #dispatch(event: TurnEvent): void {
    const { state, effects } = reduce(this.#rules, this.#state, event, this.nowMs);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  #carryOut(effect: TurnEffect): void {
    switch (effect.type) {
      case 'begin_listening':
        this.#begin(effect.turn);
        break;
      case 'end_listening':
        this.#listening = false;
        this.#assembler = undefined;
        break;
      case 'request_admission':
        this.#dispatch({ type: 'admitted' });
        break;
      case 'require_silence':
        this.#assembler?.requireSilence(effect.silenceMs);
        break;
      case 'recognise':
        this.#recognise(effect.requestId, effect.pcm);
        break;
      case 'cancel_recognition':
        this.#cancel(`recognise ${effect.requestId}`);
        break;
      case 'judge_prosody': {
        const { requestId, pcm } = effect;
        this.#after(`prosody ${requestId}`, PROSODY_MS, async () => ({
          type: 'prosody',
          requestId,
          prosody: await this.setup.judgeProsody?.(pcm),
        }));
        break;
      }
      case 'start_timer':
        this.#after(effect.name, effect.delayMs, async () => ({ type: 'timer', name: effect.name }));
        break;
      case 'cancel_timer':
        this.#cancel(effect.name);
        break;
      default:
        this.#answer(effect);
    }
  }

  #begin(turn: Extract<TurnEffect, { type: 'begin_listening' }>['turn']): void {
    const rest = this.#assembler?.ended === true ? this.#assembler.rest : undefined;
    this.#listening = true;
    this.#assembler = new UtteranceAssembler(
      DEFAULT_UTTERANCE_OPTIONS,
      turn,
      (event) => {
        if (event.type === 'utterance_ended' && event.pieces > 0) this.decidedMs.push(this.nowMs);
        this.#dispatch({ type: 'heard', event });
      },
      rest,
    );
  }

  #answer(effect: TurnEffect): void {
    switch (effect.type) {
      case 'send':
        if (effect.message.type !== 'tts' || effect.message.state === 'sentence_start') break;
        this.#speaking = effect.message.state === 'start';
        if (this.#speaking) this.speaker.flush(this.nowMs);
        break;
      case 'prepare':
        this.askedMs.push(this.nowMs);
        break;
      case 'converse': {
        if (effect.preparedId === undefined) this.askedMs.push(this.nowMs);
        this.questionsMs.push(this.nowMs);
        const firstMs = Math.max(this.nowMs, (this.askedMs.at(-1) ?? 0) + this.setup.thinkingMs);
        this.#reply(effect.replyId, firstMs - this.nowMs);
        break;
      }
      case 'count_overheard':
        this.overheard.push(effect.reason);
        break;
      case 'count_barge_in':
        if (effect.result === 'continued') this.questionsMs.pop();
        break;
      case 'cancel_converse':
        for (const name of ['token', 'chunk', 'parts']) this.#cancel(name);
        break;
      case 'say':
        this.#after('voice', SYNTHESIS_MS, async () => ({
          type: 'speaking',
          replyId: effect.replyId,
          event: { type: 'first_packet', atMs: this.speaker.start(this.nowMs) },
        }));
        break;
      case 'hold_reply':
        this.speaker.hold(this.nowMs);
        break;
      case 'go_on':
        this.speaker.resume(this.nowMs);
        break;
      case 'stop_reply':
        this.#cancel('voice');
        this.speaker.stop(this.nowMs);
        break;
      case 'playback_over':
        if (this.#playing) this.#echo.playbackStopped();
        this.#playing = false;
        break;
      default:
    }
  }

  #reply(replyId: number, firstMs: number): void {
    this.#after('token', firstMs, async () => ({ type: 'part', replyId, part: { type: 'first_token' } }));
    this.#after('chunk', firstMs + FIRST_CHUNK_MS, async () => ({
      type: 'part',
      replyId,
      part: { type: 'speech', text: 'This is what I know.' },
    }));
    this.#after('parts', firstMs + FIRST_CHUNK_MS + 1, async () => ({ type: 'parts_ended', replyId }));
  }

  #recognise(requestId: number, pcm: Int16Array): void {
    this.#after(`recognise ${requestId}`, recognitionMs(pcm), async () => {
      const text = pcm.length === 0 ? 'How are you?' : await this.setup.recognise(pcm);
      const { marks = true } = this.setup;
      const recognition = { text, asr: 'moonshine-tiny-en', waitMs: 0, runMs: 0, punctuationMeansEnd: marks };
      return { type: 'recognised', requestId, recognition };
    });
  }

  #after(name: string, delayMs: number, event: Due['event']): void {
    this.#cancel(name);
    this.#due.push({ name, atMs: this.nowMs + delayMs, event });
  }
}
