import { reduce } from '../../src/conversation/turn/reduce.js';
import { DEFAULT_TURN_RULES, type TurnRules } from '../../src/conversation/turn/rules.js';
import { initialState, phaseOf, type TurnState } from '../../src/conversation/turn/state.js';
import type { TimerName, TurnEffect, TurnEvent } from '../../src/conversation/turn/events.js';
import { fakeEndpoint } from '../fakes/fake-endpoint.js';

const RULES: TurnRules = {
  ...DEFAULT_TURN_RULES,
  language: 'en-US',
  exitWords: ['goodbye'],
  wakeWords: ['hi esp'],
  speculative: true,
  endpoint: fakeEndpoint(),
};

interface ModelReply {
  readonly id: number;
  notBeforeMs: number;
  packets: number;
  waiting: string[];
  ended: boolean;
  readonly since: number;
}

/**
 * What surrounds the turn's reducer, without clocks or promises: pending requests, timers, and how the device reacts to
 * messages (docs/protocol.md 3.3). Each effect is checked against the rules.
 */
export class TurnModel {
  nowMs = 0;
  state: TurnState = initialState(0);
  readonly violations: string[] = [];
  readonly timers = new Map<TimerName, number>();
  readonly requests = new Set<number>();
  readonly deadReplies: number[] = [];
  reply: ModelReply | undefined;
  conversing: number | undefined;
  prepared: { readonly id: number; readonly text: string } | undefined;
  /** How many prepared answers were used. */
  hits = 0;
  misses = 0;
  admission: 'none' | 'waiting' | 'held' = 'none';
  closed = false;
  starts = 0;
  stops = 0;
  #startMs: number | undefined;

  constructor() {
    this.send({ type: 'opened' });
  }

  /** Whether the messages so far have put the device into the state speaking. */
  get speaking(): boolean {
    return this.#startMs !== undefined;
  }

  send(event: TurnEvent): void {
    const before = this.state;
    const { state, effects } = reduce(RULES, this.state, event, this.nowMs);
    this.state = state;
    if (before.closed && effects.length > 0) this.#wrong('an effect after the end');
    const closing = effects.some((effect) => effect.type === 'close');
    for (const effect of effects) this.#apply(effect, closing);
    this.#check();
  }

  /** Sends an event that belongs to an earlier reply or turn. It must have no effect. */
  sendStale(event: TurnEvent): void {
    const before = this.state;
    const { state, effects } = reduce(RULES, this.state, event, this.nowMs);
    if (effects.length > 0 || state !== before)
      this.#wrong(`a stale ${event.type} had an effect: ${effects.map((effect) => effect.type).join(' ')}`);
  }

  /** Lets time pass and fires the timers that become due. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (;;) {
      const next = [...this.timers].sort((a, b) => a[1] - b[1])[0];
      if (next === undefined || next[1] > untilMs) break;
      this.timers.delete(next[0]);
      this.nowMs = Math.max(this.nowMs, next[1]);
      this.send({ type: 'timer', name: next[0] });
    }
    this.nowMs = untilMs;
  }

  /** Lets the voice do one step: speak the next sentence, or finish. */
  speak(): void {
    const { reply } = this;
    if (reply === undefined) return;
    if (reply.notBeforeMs === Infinity) return;
    if (this.nowMs < reply.notBeforeMs) this.advance(reply.notBeforeMs - this.nowMs);
    if (this.reply !== reply) return;
    const text = reply.waiting.shift();
    if (text !== undefined) {
      this.send({ type: 'speaking', replyId: reply.id, event: { type: 'sentence', index: 0, text } });
      if (this.reply !== reply) return;
      if (!this.speaking) this.#wrong('audio outside of speaking');
      else if (this.nowMs - (this.#startMs ?? 0) < 100) this.#wrong('audio less than 100 ms after tts start');
      reply.packets += 1;
      if (reply.packets === 1)
        this.send({ type: 'speaking', replyId: reply.id, event: { type: 'first_packet', atMs: this.nowMs } });
    } else if (reply.ended) {
      this.reply = undefined;
      this.deadReplies.push(reply.id);
      this.send({ type: 'speaking', replyId: reply.id, event: { type: 'finished', stats: stats(reply.packets) } });
    }
  }

  failVoice(): void {
    const { reply } = this;
    if (reply === undefined) return;
    this.reply = undefined;
    this.deadReplies.push(reply.id);
    this.send({
      type: 'speaking',
      replyId: reply.id,
      event: { type: 'failed', code: 'tts.failed', stats: stats(reply.packets) },
    });
  }

  /** Answers every request, and lets nobody speak, until nothing is left to do. */
  calmDown(): void {
    for (let i = 0; i < 200; i++) if (!this.progress('words')) return;
    this.#wrong(`does not come to rest: ${phaseOf(this.state)}`);
  }

  /** Makes the next thing happen that the session waits for. Returns false if it waits for nothing. */
  progress(text: string): boolean {
    if (this.closed) return false;
    this.advance(1);
    const request = [...this.requests][0];
    const { listening, mode, utterance } = this.state;
    if (this.admission === 'waiting') {
      this.admission = 'held';
      this.send({ type: 'admitted' });
    } else if (request !== undefined && (utterance !== undefined || this.reply === undefined)) {
      this.requests.delete(request);
      this.send({
        type: 'recognised',
        requestId: request,
        recognition: { text, asr: 'model', waitMs: 1, runMs: 1, punctuationMeansEnd: true },
      });
    } else if (this.conversing !== undefined) {
      const replyId = this.conversing;
      this.send({ type: 'part', replyId, part: { type: 'speech', text: 'Fine.' } });
      this.conversing = undefined;
      this.send({ type: 'parts_ended', replyId });
    } else if (this.reply !== undefined) this.speak();
    else if (listening?.finishing === true || (listening?.speaking === true && mode !== 'manual')) {
      this.send({
        type: 'heard',
        event: {
          type: 'utterance_ended',
          turnId: listening.turnId,
          pieces: listening.pieces.length,
          lastRevision: 0,
          reason: 'silence',
          speechEndMs: 0,
          decidedMs: 300,
        },
      });
    } else if (this.state.reply !== undefined || this.state.wire.open) this.advance(200);
    else if (this.timers.has('drain')) this.advance((this.timers.get('drain') ?? 0) - this.nowMs);
    else return false;
    return true;
  }

  /** Lets a person say something. If `ends`, the utterance ends after it. */
  utter(ends: boolean): void {
    const turnId = this.state.listening?.turnId;
    if (turnId === undefined) return;
    this.send({ type: 'heard', event: { type: 'speech_started', turnId, atMs: 300 } });
    this.send({
      type: 'heard',
      event: {
        type: 'piece',
        turnId,
        index: 0,
        revision: 0,
        pcm: new Int16Array(1),
        startMs: 0,
        endMs: 1,
        committed: false,
      },
    });
    if (ends)
      this.send({
        type: 'heard',
        event: {
          type: 'utterance_ended',
          turnId,
          pieces: 1,
          lastRevision: 0,
          reason: 'silence',
          speechEndMs: 0,
          decidedMs: 300,
        },
      });
  }

  #apply(effect: TurnEffect, closing: boolean): void {
    if (
      this.closed &&
      effect.type !== 'release_admission' &&
      effect.type !== 'cancel_recognition' &&
      effect.type !== 'count_speculation'
    )
      this.#wrong(`${effect.type} after close`);
    switch (effect.type) {
      case 'send':
        this.#onMessage(effect.message, closing);
        break;
      case 'close':
        this.closed = true;
        break;
      case 'recognise':
        if (this.admission !== 'held') this.#wrong('recognition without permission to talk');
        this.requests.add(effect.requestId);
        break;
      case 'cancel_recognition':
        if (!this.requests.delete(effect.requestId)) this.#wrong('cancelled a request that is not under way');
        break;
      case 'request_admission':
        if (this.admission !== 'none') this.#wrong('asked for admission twice');
        this.admission = 'waiting';
        break;
      case 'release_admission':
        if (this.admission === 'none') this.#wrong('released nothing');
        this.admission = 'none';
        break;
      case 'start_timer':
        this.timers.set(effect.name, this.nowMs + effect.delayMs);
        break;
      case 'cancel_timer':
        this.timers.delete(effect.name);
        break;
      default:
        this.#applyToReply(effect);
    }
  }

  #applyToReply(effect: TurnEffect): void {
    switch (effect.type) {
      case 'open_reply':
        if (this.reply !== undefined) this.#wrong('two replies');
        this.reply = {
          id: effect.replyId,
          notBeforeMs: effect.notBeforeMs,
          packets: 0,
          waiting: [],
          ended: false,
          since: this.nowMs,
        };
        break;
      case 'begin_reply':
        if (this.reply?.id !== effect.replyId) this.#wrong('began a dead reply');
        else this.reply.notBeforeMs = effect.notBeforeMs;
        break;
      case 'say':
        if (this.reply?.id !== effect.replyId || this.reply.ended)
          this.#wrong('said something in a dead or ended reply');
        else this.reply.waiting.push(effect.text);
        break;
      case 'end_reply':
        if (this.reply?.id !== effect.replyId) this.#wrong('ended a dead reply');
        else this.reply.ended = true;
        break;
      case 'stop_reply':
        if (this.reply?.id !== effect.replyId) this.#wrong('stopped a dead reply');
        this.reply = undefined;
        this.deadReplies.push(effect.replyId);
        break;
      default:
        this.#applyToAnswer(effect);
    }
  }

  /** Applies effects that concern the language model: requests and preparations. */
  #applyToAnswer(effect: TurnEffect): void {
    switch (effect.type) {
      case 'converse':
        if (this.conversing !== undefined) this.#wrong('two models at once');
        this.conversing = effect.replyId;
        if (effect.preparedId !== this.prepared?.id) this.#wrong('the prepared answer was neither used nor given up');
        if (this.prepared !== undefined && this.prepared.text !== effect.text)
          this.#wrong('an answer to other words than were said');
        if (effect.preparedId !== undefined) this.hits += 1;
        this.prepared = undefined;
        break;
      case 'prepare':
        if (this.prepared !== undefined) this.#wrong('two answers prepared');
        if (this.conversing !== undefined || this.reply !== undefined) this.#wrong('prepared an answer during another');
        if (this.admission !== 'held') this.#wrong('prepared an answer without permission to talk');
        this.prepared = { id: effect.preparedId, text: effect.text };
        break;
      case 'cancel_prepared':
        if (this.prepared?.id !== effect.preparedId) this.#wrong('gave up an answer that is not being prepared');
        this.prepared = undefined;
        this.misses += 1;
        break;
      case 'cancel_converse':
        this.conversing = undefined;
        break;
      default:
        break;
    }
  }

  #onMessage(message: Extract<TurnEffect, { type: 'send' }>['message'], closing: boolean): void {
    if (message.type === 'alert' && this.speaking) this.#wrong('alert while speaking');
    if (message.type !== 'tts') return;
    if (message.state === 'start') {
      if (this.speaking) this.#wrong('tts start while speaking');
      this.#startMs = this.nowMs;
      this.starts += 1;
    } else if (message.state === 'stop') {
      if (!this.speaking) this.#wrong('tts stop without a start');
      // When the connection is being closed there is no later tick, and the device becomes idle anyway.
      if (this.#startMs === this.nowMs && !closing) this.#wrong('tts start and stop in one tick');
      this.#startMs = undefined;
      this.stops += 1;
    } else if (!this.speaking) this.#wrong('sentence outside of speaking');
  }

  #check(): void {
    const { state } = this;
    if (state.wire.open !== this.speaking) this.#wrong('the reducer and the device disagree about speaking');
    if (state.permit !== this.admission) this.#wrong('the permit is not what the reducer believes');
    if ([...state.timers].sort().join() !== [...this.timers.keys()].sort().join())
      this.#wrong(`timers differ: ${[...state.timers].join()} / ${[...this.timers.keys()].join()}`);
    if (state.prepared?.id !== this.prepared?.id)
      this.#wrong('the reducer and the model disagree about what is prepared');
    if (this.prepared !== undefined && state.listening === undefined && state.utterance === undefined)
      this.#wrong('an answer is prepared for nobody');
    if (state.reply?.voiced === true && !state.wire.open) this.#wrong('a reply outside of speaking');
    if (state.reply?.voiced === false && state.listening === undefined)
      this.#wrong('waits for somebody who is not heard');
    if (this.reply !== undefined && state.reply?.id !== this.reply.id) this.#wrong('a voice without its reply');
    if (this.conversing !== undefined && state.reply?.id !== this.conversing) this.#wrong('a model without its reply');
    if (state.wire.open && state.reply === undefined && !state.wire.stopping) this.#wrong('speaking without a reply');
    if (!state.closed && !this.timers.has('idle')) this.#wrong('nobody watches for idleness');
    if (
      state.closed &&
      (this.timers.size > 0 ||
        this.requests.size > 0 ||
        this.reply !== undefined ||
        this.conversing !== undefined ||
        this.prepared !== undefined ||
        this.speaking)
    )
      this.#wrong('something is left after the end');
  }

  #wrong(what: string): void {
    this.violations.push(what);
  }
}

function stats(packets: number) {
  return {
    packets,
    bytes: 90 * packets,
    underruns: 0,
    underrunMs: 0,
    firstAudioMs: 10,
    cachedSentences: 0,
    sentences: 1,
    musicMs: 0,
  };
}
