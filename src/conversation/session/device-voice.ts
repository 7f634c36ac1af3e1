import type { Clock, Logger, Metrics } from '../../core/index.js';
import type { DeviceConnection, DeviceIdentity } from '../../device/device-port.js';
import type { ListeningStream } from '../../speech/listening/listening-port.js';
import type {
  HeardReply,
  PacketSink,
  ReplyEvent,
  ReplyOptions,
  Speaking,
  SpokenReply,
} from '../../speech/speaking/speaking-port.js';
import type { ReplyPart } from '../dialogue/conversation-port.js';
import type { TurnEffect, TurnRules } from '../turn/index.js';
import { failureCode, sayTo, type Dispatch } from './effects.js';

export interface DeviceVoiceOptions {
  readonly connection: DeviceConnection;
  readonly identity: DeviceIdentity;
  readonly speaking: Speaking;
  /** The voice of the next reply. */
  readonly voice: () => string | undefined;
  /** See {@link PacketSink.deviceQueueLimit}. */
  readonly deviceQueueLimit: number;
  readonly rules: Pick<TurnRules, 'firstPacketGapMs'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly stream: ListeningStream;
  readonly realtime: () => boolean;
  /** Checked before a sentence is synthesised speculatively. */
  readonly mayGuess: () => boolean;
  readonly dispatch: Dispatch;
  readonly onFirstPacket: () => void;
}

/**
 * Limit of packets in the device in realtime mode. The device still plays them after somebody has begun to speak over a
 * reply, for 300 ms at most, so that sound stops within 600 ms of the first word (`npm run bench -- interruptions`).
 */
export const REALTIME_QUEUE_LIMIT = 6;

type Effect<Type extends TurnEffect['type']> = Extract<TurnEffect, { readonly type: Type }>;

/** One reply of the voice. */
interface Spoken {
  /** Undefined: a speculative reply, which is not played. */
  id: number | undefined;
  readonly reply: SpokenReply;
  wantedMs: number | undefined;
  /** Text that the voice got before the reply was certain. The reply repeats it. */
  readonly given: string[];
}

/** A speculative reply: the first sentence of a prepared answer. */
interface Guess {
  readonly preparedId: number;
  readonly spoken: Spoken;
  /** False: the voice gets no more text before the question is certain. */
  open: boolean;
}

/** Parts without sound, which may come before the first sentence. */
const UNHEARD: ReadonlySet<ReplyPart['type']> = new Set(['first_token', 'emotion', 'usage', 'sources']);

/**
 * The voice of one device. It makes the reply that the device plays. It also makes the first sentence of a prepared
 * answer before the end of the question is certain; nobody hears that sentence until then.
 */
export class DeviceVoice {
  #spoken: Spoken | undefined;
  #guess: Guess | undefined;
  /** Realtime mode: the listener was told that the device plays. */
  #playing = false;
  /** Earliest time of a packet after the last `tts start` (`Clock.nowMs`). */
  #playableMs = -Infinity;

  constructor(private readonly options: DeviceVoiceOptions) {}

  /** Realtime mode: the device plays a reply. */
  get playing(): boolean {
    return this.#playing;
  }

  /**
   * Call it when `tts start` was given to the transport. A busy process sends it later than it was decided, and the gap
   * that the device needs counts from the sending.
   */
  startSent(): void {
    const { clock, rules } = this.options;
    this.#playableMs = clock.nowMs() + rules.firstPacketGapMs;
  }

  /** Opens a reply, and uses the speculative one if it belongs to the same prepared answer. */
  open(effect: Effect<'open_reply'>): void {
    const { replyId, wantedMs, preparedId } = effect;
    const notBeforeMs = Math.max(effect.notBeforeMs, this.#playableMs);
    const guess = this.#guess;
    if (guess === undefined || guess.preparedId !== preparedId) {
      this.#spoken = this.#speak(replyId, { notBeforeMs, ...(wantedMs !== undefined && { wantedMs }) });
      return;
    }
    this.#guess = undefined;
    this.#count(guess, 'used');
    this.#spoken = Object.assign(guess.spoken, { id: replyId, wantedMs });
    if (notBeforeMs !== Infinity) this.begin({ replyId, notBeforeMs });
  }

  begin({ replyId, notBeforeMs }: Pick<Effect<'begin_reply'>, 'replyId' | 'notBeforeMs'>): void {
    if (this.#spoken?.id !== replyId) return;
    this.#spoken.reply.begin(Math.max(notBeforeMs, this.#playableMs), this.#spoken.wantedMs);
  }

  say(effect: Effect<'say'>): void {
    const spoken = this.#spoken?.id === effect.replyId ? this.#spoken : undefined;
    if (spoken?.given[0] === effect.text) spoken.given.shift();
    else sayTo(spoken?.reply, effect);
  }

  reply(replyId: number): SpokenReply | undefined {
    return this.#spoken?.id === replyId ? this.#spoken.reply : undefined;
  }

  /** Ends the reply. Undefined: it is not the current one. */
  stop(replyId: number): HeardReply | undefined {
    const reply = this.reply(replyId);
    this.#spoken = undefined;
    return reply?.stop();
  }

  /** Prepares the voice for a speculative answer, if that costs other devices nothing. */
  expectGuess(preparedId: number): void {
    if (!this.#mayGuess()) return;
    this.#guess = { preparedId, spoken: this.#speak(undefined, { notBeforeMs: Infinity, guess: true }), open: true };
  }

  /**
   * Takes a part of the prepared answer. Its first sentence is synthesised at once, if only parts without sound come
   * before it. True: the voice has the part.
   */
  guess(preparedId: number, part: ReplyPart): boolean {
    const guess = this.#guess;
    if (guess?.preparedId !== preparedId || !guess.open || UNHEARD.has(part.type)) return false;
    guess.open = part.type === 'speech' && part.speech === undefined && this.#mayGuess();
    if (!guess.open || part.type !== 'speech') return false;
    // The reply will not repeat blank text.
    if (part.part === undefined && part.text.trim() === '') return false;
    const { reply, given } = guess.spoken;
    given.push(part.text);
    if (part.part === undefined) reply.say(part.text);
    else reply.write(part.text, part.part === 'end');
    guess.open = part.part === 'piece';
    return true;
  }

  #mayGuess(): boolean {
    const { speaking, identity, mayGuess, voice } = this.options;
    const { deviceId, language } = identity;
    return mayGuess() && speaking.takesGuesses({ deviceId, language, voice: voice() });
  }

  /** Stops the speculative reply of this prepared answer, because more was said or the sentence cannot be made. */
  dropGuess(preparedId: number, result: 'wasted' | 'dropped' = 'wasted'): void {
    const guess = this.#guess;
    if (guess?.preparedId !== preparedId) return;
    this.#guess = undefined;
    guess.spoken.reply.stop();
    this.#count(guess, result);
  }

  playbackOver(): void {
    if (!this.#playing) return;
    this.#playing = false;
    this.options.stream.playbackStopped();
  }

  close(): void {
    if (this.#guess !== undefined) this.dropGuess(this.#guess.preparedId);
    this.#spoken?.reply.stop();
    this.#spoken = undefined;
  }

  #speak(id: number | undefined, times: Pick<ReplyOptions, 'notBeforeMs' | 'wantedMs' | 'guess'>): Spoken {
    const { connection, deviceQueueLimit, speaking, identity, realtime } = this.options;
    const voice = this.options.voice();
    const { deviceId, language } = identity;
    const sink: PacketSink = {
      sendPacket: (packet, timestampMs) => this.#sendPacket(spoken, packet, timestampMs),
      bufferedBytes: () => connection.bufferedBytes(),
      link: connection.link,
      deviceQueueLimit: realtime() ? Math.min(deviceQueueLimit, REALTIME_QUEUE_LIMIT) : deviceQueueLimit,
    };
    const options = { deviceId, language, ...(voice !== undefined && { voice }), ...times, sink };
    const reply = speaking.reply(options, (event) => this.#onEvent(spoken, event));
    const spoken: Spoken = { id, reply, wantedMs: times.wantedMs, given: [] };
    return spoken;
  }

  #sendPacket(spoken: Spoken, packet: Uint8Array, timestampMs: number): void {
    // A packet of a finished reply would be sound while the device is not in its speaking state.
    if (this.#spoken !== spoken) return;
    const { connection, stream, realtime } = this.options;
    if (realtime() && !this.#playing) {
      this.#playing = true;
      stream.playbackStarted();
    }
    connection.sendAudio(packet, timestampMs);
    if (realtime()) stream.reference(packet);
  }

  #onEvent(spoken: Spoken, event: ReplyEvent): void {
    const { id } = spoken;
    const { log, dispatch, onFirstPacket } = this.options;
    if (event.type === 'first_packet') onFirstPacket();
    if (id === undefined) {
      // The sentence is synthesised again if the answer is wanted.
      if (this.#guess?.spoken === spoken) this.dropGuess(this.#guess.preparedId, 'dropped');
    } else if (event.type === 'failed') {
      const code = failureCode(log, 'speaking failed', event.error, 'tts.failed') ?? 'tts.failed';
      dispatch({ type: 'speaking', replyId: id, event: { type: 'failed', code, stats: event.stats } });
    } else {
      dispatch({ type: 'speaking', replyId: id, event });
    }
  }

  #count({ spoken }: Guess, result: 'used' | 'wasted' | 'dropped'): void {
    if (spoken.given.length > 0) this.options.metrics.count('chorus_tts_speculation_total', { result });
  }
}
