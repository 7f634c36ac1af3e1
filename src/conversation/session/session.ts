import { Cancelled, type Clock, type Logger, type Metrics, type Scope } from '../../core/index.js';
import type { Conversation } from '../dialogue/conversation-port.js';
import { spokenChunks } from '../dialogue/text/index.js';
import type { DeviceMessage } from '../../device/protocol/index.js';
import type { Admission } from '../../capacity/capacity-port.js';
import type { Listening, ListeningStream } from '../../speech/listening/listening-port.js';
import type { ProsodyModel } from '../../speech/listening/endpointing/prosody-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import { ALARM_TONE, HINT_TONE, type ReplyStats, type Speaking } from '../../speech/speaking/speaking-port.js';
import { DeviceVoice } from './device-voice.js';
import { count, TalkAdmission, Requests, Timers } from './effects.js';
import { withoutAsides } from './phrases.js';
import { Answers } from './answers.js';
import type { DeviceConnection, DeviceIdentity, SessionHandle } from '../../device/device-port.js';
import type { MeasuredTurn } from '../../records/index.js';
import type { Habits } from './kept-habits.js';
import type { SpokenNotice } from './notice-port.js';
import type { QuestionLanguage } from './question-language.js';
import type { SessionTools } from '../tools/index.js';
import {
  initialState,
  phaseOf,
  reduce,
  type AnsweringEffect,
  type EndedTurn,
  type Exchange,
  type Phase,
  type TurnEffect,
  type TurnEvent,
  type TurnRules,
  type TurnState,
} from '../turn/index.js';

export interface SessionOptions {
  readonly connection: DeviceConnection;
  /** The connection's identity, with the language of the conversation. */
  readonly identity: DeviceIdentity;
  readonly rules: TurnRules;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly scope: Scope;
  readonly listening: Listening;
  readonly recognizer: Recognizer;
  /** If undefined, the sound of the voice is not judged. */
  readonly prosody?: ProsodyModel | undefined;
  readonly speaking: Speaking;
  readonly admission: Admission;
  readonly conversation: Conversation;
  readonly tools: SessionTools;
  readonly question: QuestionLanguage;
  readonly voice: () => string | undefined;
  /** See `PacketSink.deviceQueueLimit`. */
  readonly deviceQueueLimit: number;
  /** See {@link AnswersOptions.mayPrepare}. */
  readonly mayPrepare: () => boolean;
  readonly onTurn: (turn: MeasuredTurn, heard: EndedTurn['heard'], spoken: boolean) => void;
  readonly onTalking: (talking: boolean) => void;
  /** Called when a reply has ended. `musicMs` is the length of the music that was heard. */
  readonly onMusic: (musicMs: number) => void;
  /** Called when a notice from {@link Session.notify} was spoken, or could not be spoken. */
  readonly onNotice: (id: string, spoken: boolean) => void;
  readonly onAttended: () => void;
  readonly noticeSoon: () => boolean;
  /** What an earlier session of the device has learned. Undefined if nothing is known. */
  readonly habits?: Habits | undefined;
  /** Called once, when the session is over. `habits` are what the session has learned. */
  readonly onOver: (habits: Habits) => void;
}

/** The reducer makes all decisions, and the session carries out its effects. Events that arise meanwhile wait. */
export class Session implements SessionHandle {
  #state: TurnState;
  readonly #events: TurnEvent[] = [];
  #reducing = false;
  #over = false;
  readonly #stream: ListeningStream;
  readonly #timers: Timers;
  readonly #requests: Requests;
  readonly #admission: TalkAdmission;
  readonly #answers: Answers;
  readonly #voice: DeviceVoice;
  /** The part of the answer that was heard. Set only until the turn is recorded. */
  #answerText: string | undefined;

  constructor(private readonly options: SessionOptions) {
    const { clock, identity, scope, log } = options;
    const dispatch = (event: TurnEvent): void => this.dispatch(event);
    this.#state = { ...initialState(clock.nowMs()), ...options.habits };
    this.#timers = new Timers(clock, (event) =>
      dispatch(
        event.type === 'timer' && event.name === 'idle' ? { ...event, noticeSoon: options.noticeSoon() } : event,
      ),
    );
    const showText = (text: string): void => {
      if (!this.#state.onlyByName) options.connection.send({ type: 'stt', text });
    };
    const onSubtitle = options.rules.liveSubtitles ? showText : undefined;
    this.#requests = new Requests({
      ...options,
      log,
      dispatch,
      onSubtitle,
      answersEarly: () => this.options.rules.answersEarly,
    });
    this.#admission = new TalkAdmission(options.admission, identity.deviceId, scope, dispatch, options.onTalking);
    this.#stream = options.listening.open((event) => {
      this.#requests.live.heard(event);
      if (event.type === 'audio') return;
      dispatch({ type: 'heard', event });
      if (event.type !== 'speech_started' && event.type !== 'barge_in') return;
      for (const part of [options.conversation, options.tools.toolbox]) part.expect?.();
    });
    this.#voice = new DeviceVoice({
      ...options,
      dispatch,
      stream: this.#stream,
      realtime: () => this.#state.mode === 'realtime',
      mayGuess: () => this.options.rules.speculative && options.mayPrepare(),
      onFirstPacket: () => this.#admission.answered(),
    });
    this.#answers = new Answers({
      ...options,
      tools: options.tools.toolbox,
      dispatch,
      guesses: this.#voice,
      mostTokensGivenUp: () => this.options.rules.speculativeTokens,
    });
    scope.signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  get phase(): Phase {
    return phaseOf(this.#state);
  }

  open(): void {
    this.dispatch({ type: 'opened' });
  }

  /** Starts no more turns. The utterance in progress is still heard and answered. Then the connection is closed. */
  drain(): void {
    this.dispatch({ type: 'drain' });
  }

  /**
   * Says something that the user has not asked for. {@link SessionOptions.onNotice} is called later, unless the session
   * ends before.
   */
  notify({ id, text, recording, rings = false, again, urgent, answerMs, expiresInMs }: SpokenNotice): void {
    const { language } = this.options.identity;
    const said = text(language);
    const words = recording ? [said.trim() === '' ? HINT_TONE : said] : spokenChunks(said, language);
    const expiresMs = expiresInMs === undefined ? undefined : this.options.clock.nowMs() + expiresInMs;
    const chunks = rings ? [ALARM_TONE, ...words] : words;
    this.dispatch({ type: 'notice', notice: { id, chunks, recording, again, urgent, answerMs, expiresMs } });
  }

  onMessage(message: DeviceMessage): void {
    switch (message.type) {
      case 'listen':
        // In other modes the device may start listening by itself, which does not show that somebody is present.
        if (message.state === 'detect' || (message.state === 'start' && message.mode === 'manual'))
          this.options.onAttended();
        if (message.state === 'start') this.dispatch({ type: 'listen_start', mode: message.mode });
        else this.dispatch(message.state === 'stop' ? { type: 'listen_stop' } : { type: 'detect', text: message.text });
        break;
      case 'abort':
      case 'goodbye':
        this.options.onAttended();
        this.dispatch({ type: message.type === 'abort' ? 'abort' : 'closed' });
        break;
      case 'mcp':
        this.options.tools.onMessage(message.payload);
        break;
      case 'hello':
      case 'iot':
        if (message.type === 'iot') this.options.tools.onIot?.(message);
        break;
    }
  }

  onAudio(packet: Uint8Array): void {
    if (!this.#over) this.#stream.push(packet);
  }

  onClosed(): void {
    this.dispatch({ type: 'closed' });
  }

  dispatch(event: TurnEvent): void {
    if (this.#over) return;
    this.#events.push(event);
    if (this.#reducing) return;
    this.#reducing = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) this.#reduce(next);
    } catch (error) {
      // This is a defect. A new connection is better for the device than a session in an unknown state.
      this.options.log.error('a session was given up', { problem: 'session.given_up', event: event.type, error });
      this.options.connection.close('internal error');
      this.#end();
    } finally {
      this.#reducing = false;
    }
  }

  #reduce(event: TurnEvent): void {
    if (event.type === 'speaking' && 'stats' in event.event) this.options.onMusic(event.event.stats.musicMs);
    const { state, effects } = reduce(this.options.rules, this.#state, event, this.options.clock.nowMs());
    this.#state = state;
    for (const effect of effects) this.#do(effect);
    if (state.closed) this.#end();
  }

  /** After words that count as `unaddressed`, closes the session of a realtime model, because it must not keep them. */
  #do(effect: TurnEffect): void {
    switch (effect.type) {
      case 'send':
        this.options.connection.send(effect.message);
        if (effect.message.type === 'tts' && effect.message.state === 'start') this.#voice.startSent();
        break;
      case 'close':
        this.options.connection.close(effect.reason);
        break;
      case 'begin_listening':
        this.#stream.begin(this.#requests.live.turn(effect.turn));
        if (this.#voice.playing) this.#stream.playbackStarted();
        break;
      case 'require_silence':
        this.#stream.requireSilence(effect.turnId, effect.silenceMs);
        break;
      case 'finish_listening':
        this.#stream.finish(effect.turnId);
        break;
      case 'end_listening':
        this.#stream.end();
        this.#requests.live.end();
        break;
      case 'recognise':
      case 'confirm_recognition':
      case 'cancel_recognition':
      case 'judge_prosody':
        this.#requests.carryOut(effect);
        break;
      case 'count_speculation':
        this.#requests.speculated(effect.result, effect.runMs);
        count(this.options.metrics, effect);
        break;
      case 'count_barge_in':
      case 'count_overheard':
        count(this.options.metrics, effect);
        if (effect.type === 'count_overheard' && effect.reason === 'unaddressed') this.options.conversation.close?.();
        break;
      case 'request_admission':
        this.#admission.request(effect.lastTurnEndedMs);
        break;
      case 'release_admission':
        this.#admission.release(effect.turnedAway);
        break;
      case 'notice_over':
        this.options.onNotice(effect.id, effect.spoken);
        break;
      case 'attended':
        this.options.onAttended();
        break;
      case 'start_timer':
        this.#timers.start(effect.name, effect.delayMs);
        break;
      case 'cancel_timer':
        this.#timers.cancel(effect.name);
        break;
      default:
        this.#doAnswering(effect);
    }
  }

  #doAnswering(effect: AnsweringEffect): void {
    switch (effect.type) {
      case 'open_reply':
        this.#answerText = undefined;
        this.#voice.open(effect);
        break;
      case 'begin_reply':
        this.#voice.begin(effect);
        break;
      case 'converse':
        this.#answers.start(effect, () => this.#voice.reply(effect.replyId)?.ready() ?? Promise.resolve());
        break;
      case 'cancel_converse':
        this.#answers.cancel();
        break;
      case 'prepare':
        this.#answers.prepare(effect.preparedId, effect.turnId, effect.text);
        break;
      case 'cancel_prepared':
        this.#answers.cancelPrepared(effect.preparedId);
        break;
      case 'say':
        this.#voice.say(effect);
        break;
      case 'play':
        this.#voice.reply(effect.replyId)?.play(effect.sounds);
        break;
      case 'end_reply':
        this.#voice.reply(effect.replyId)?.end();
        break;
      case 'hold_reply':
        this.#voice.reply(effect.replyId)?.hold();
        break;
      case 'go_on':
        this.#voice.reply(effect.replyId)?.resume();
        break;
      case 'stop_reply':
        this.#stopReply(effect.replyId, effect.exchange, effect.record);
        break;
      case 'playback_over':
        this.#voice.playbackOver();
        break;
      case 'remember':
        this.#remember(effect.userText, effect.replyText);
        break;
      case 'turn_ended':
        this.#turnEnded(effect.record, effect.stats);
        break;
    }
  }

  #stopReply(replyId: number, exchange: Exchange | undefined, record: EndedTurn | undefined): void {
    const heard = this.#voice.stop(replyId);
    if (heard) this.options.onMusic(heard.stats.musicMs);
    if (exchange !== undefined) this.#remember(exchange.userText, withoutAsides(heard?.text ?? '', exchange.asides));
    if (record !== undefined) this.#turnEnded(record, heard?.stats);
  }

  #remember(userText: string, answerText: string): void {
    this.options.conversation.heard(userText, answerText);
    this.#answerText = answerText;
  }

  #turnEnded({ endedMs, stagesMs, heard, ...fields }: EndedTurn, stats: ReplyStats | undefined): void {
    const { clock, identity, onTurn } = this.options;
    const { deviceId, language, board, firmwareVersion } = identity;
    const atWallMs = clock.wallMs();
    const { firstAudioMs, musicMs, ...sound } = stats ?? {};
    // Nobody waited for a recording, so the time to its first sound is no response time.
    const isMeasured = firstAudioMs !== undefined && fields.outcome !== 'played';
    const answerText = this.#answerText === '' ? undefined : this.#answerText;
    this.#answerText = undefined;
    const turn: MeasuredTurn = {
      deviceId,
      language,
      board,
      firmwareVersion,
      atWallMs,
      utteranceAtWallMs: atWallMs - (clock.nowMs() - endedMs),
      ...fields,
      ...sound,
      ...(musicMs !== undefined && musicMs > 0 && { musicMs }),
      answerText: answerText ?? fields.answerText,
      stagesMs: isMeasured ? { ...stagesMs, tts_first_audio: firstAudioMs } : stagesMs,
    };
    onTurn(turn, heard, stats !== undefined);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#events.length = 0;
    this.#timers.cancelAll();
    this.#requests.cancelAll();
    this.#answers.cancelAll();
    this.#admission.close();
    this.#voice.close();
    this.#stream.close();
    // If the parent scope has ended first, the device was not told yet.
    if (!this.#state.closed) this.options.connection.close(new Cancelled('session').message);
    this.options.onOver(this.#state);
  }
}
