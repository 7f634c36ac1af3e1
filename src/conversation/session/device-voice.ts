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
 * Maximum number of packets that wait in the device in realtime mode. After an interruption, the device plays them for
 * at most 300 ms. The sound stops within 600 ms of the first word (`npm run bench -- interruptions`).
 */
export const REALTIME_QUEUE_LIMIT = 6;

type Effect<Type extends TurnEffect['type']> = Extract<TurnEffect, { readonly type: Type }>;

interface Spoken {
  /** Undefined for a speculative reply, which is not played yet. */
  id: number | undefined;
  readonly reply: SpokenReply;
  wantedMs: number | undefined;
  /** Text that the voice got before the question was certain. The reply repeats this text, which is then skipped. */
  readonly given: string[];
}

/** The first sentence of a prepared answer, synthesised early. */
interface Guess {
  readonly preparedId: number;
  readonly spoken: Spoken;
  /** If false, the voice gets no more text before the question is certain. */
  open: boolean;
}

/** Parts that make no sound, and may come before the first sentence. */
const UNHEARD: ReadonlySet<ReplyPart['type']> = new Set(['first_token', 'emotion', 'usage', 'sources']);

/**
 * The first sentence of a prepared answer is synthesised while the user may still continue. Nobody hears the sentence
 * before the question is certain.
 */
export class DeviceVoice {
  #spoken: Spoken | undefined;
  #guess: Guess | undefined;
  /** In realtime mode, true if the listening process was told that the device is playing. */
  #playing = false;
  /** Earliest time at which a packet may be sent after the last `tts start` (`Clock.nowMs`). */
  #playableMs = -Infinity;

  constructor(private readonly options: DeviceVoiceOptions) {}

  /** In realtime mode, true while the device is playing a reply. */
  get playing(): boolean {
    return this.#playing;
  }

  /**
   * Call this when `tts start` was passed to the transport. A busy process may pass it late, and the gap that the
   * device needs begins only now.
   */
  startSent(): void {
    const { clock, rules } = this.options;
    this.#playableMs = clock.nowMs() + rules.firstPacketGapMs;
  }

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

  /** Ends the reply, and returns what was heard of it. Undefined if `replyId` is not the current reply. */
  stop(replyId: number): HeardReply | undefined {
    const reply = this.reply(replyId);
    this.#spoken = undefined;
    return reply?.stop();
  }

  /** Opens a voice for a speculative answer, if this costs other devices nothing. */
  expectGuess(preparedId: number): void {
    if (!this.#mayGuess()) return;
    this.#guess = { preparedId, spoken: this.#speak(undefined, { notBeforeMs: Infinity, guess: true }), open: true };
  }

  /**
   * The first sentence is synthesised at once, if only parts without sound come before it. True if the voice has taken
   * the part.
   */
  guess(preparedId: number, part: ReplyPart): boolean {
    const guess = this.#guess;
    if (guess?.preparedId !== preparedId || !guess.open || UNHEARD.has(part.type)) return false;
    guess.open = part.type === 'speech' && part.speech === undefined && this.#mayGuess();
    if (!guess.open || part.type !== 'speech') return false;
    // The reply leaves out blank text, so the voice must not get it.
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

  /** Call this when the prepared answer is given up, or when the sentence cannot be synthesised. */
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
    // The reply is over, so the device may no longer be in its speaking state.
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
      // If the answer is needed after all, the sentence is synthesised again.
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
