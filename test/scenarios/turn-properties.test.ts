import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListenMode } from '../../src/speech/listening/listening-port.js';
import { TurnModel } from './turn-model.js';

/** What may happen next. What `n` and `text` mean depends on the event. */
const WHAT = [
  'start',
  'stop',
  'detect',
  'abort',
  'closed',
  'drain',
  'speech',
  'barge',
  'silent',
  'piece',
  'so_far',
  'committed',
  'resumed',
  'ended',
  'nothing',
  'lost',
  'partial',
  'recognised',
  'unrecognised',
  'dropped',
  'admit',
  'refuse',
  'utter',
  'progress',
  'token',
  'emotion',
  'chunk',
  'answered',
  'model_failed',
  'unprepared',
  'speak',
  'voice_failed',
  'stale',
  'wait',
] as const;

/** How often each event happens. Mostly a turn proceeds normally, and sometimes an event disturbs it. */
const WEIGHTS: Partial<Record<(typeof WHAT)[number], number>> = {
  closed: 0,
  drain: 0,
  utter: 12,
  progress: 50,
  start: 4,
  wait: 4,
  speak: 6,
};

const step = (rare: boolean) =>
  fc.record({
    what: fc.oneof(
      ...WHAT.map((what) => ({
        arbitrary: fc.constant(what),
        weight: rare ? Math.max(1, WEIGHTS[what] ?? 1) : (WEIGHTS[what] ?? 1),
      })),
    ),
    n: fc.nat(7),
    ms: fc.oneof(fc.nat(30), fc.nat(300), fc.nat(5000), fc.nat(30_000)),
    text: fc.constantFrom('hello there', 'goodbye', '', 'what time is it'),
    mode: fc.constantFrom<ListenMode>('auto', 'manual', 'realtime'),
  });
type Step = ReturnType<typeof step> extends fc.Arbitrary<infer T> ? T : never;

function play(model: TurnModel, { what, n, ms, text, mode }: Step): void {
  // Time passes before each event, so no two happen at the same moment.
  model.advance(1);
  const { listening } = model.state;
  // Sometimes the event belongs to the turn before.
  const turnId = (listening?.turnId ?? 0) - (n === 7 ? 1 : 0);
  const request = [...model.requests][n % Math.max(1, model.requests.size)];
  const replyId = model.conversing;
  switch (what) {
    case 'start':
      return model.send({ type: 'listen_start', mode });
    case 'stop':
      return model.send({ type: 'listen_stop' });
    case 'detect':
      return model.send({ type: 'detect' });
    case 'abort':
      return model.send({ type: 'abort' });
    case 'closed':
      return model.send({ type: 'closed' });
    case 'drain':
      return model.send({ type: 'drain' });
    case 'speech':
      return model.send({ type: 'heard', event: { type: 'speech_started', turnId, atMs: ms } });
    case 'barge':
      return model.send({ type: 'heard', event: { type: 'barge_in', turnId, atMs: ms } });
    case 'silent':
      return model.send({ type: 'heard', event: { type: 'still_silent', turnId, atMs: ms } });
    case 'piece':
    case 'committed':
      return model.send({
        type: 'heard',
        event: {
          type: 'piece',
          turnId,
          index: n % 3,
          revision: n,
          pcm: new Int16Array(1),
          startMs: 0,
          endMs: 1,
          committed: what === 'committed',
        },
      });
    case 'so_far':
      return model.send({
        type: 'heard',
        event: {
          type: 'speech_so_far',
          turnId,
          pcm: new Int16Array(1),
          voice: { speechMs: 700, levelDb: n === 0 ? -60 : -25, probability: 0.9 },
        },
      });
    case 'resumed':
      return model.send({
        type: 'heard',
        event: {
          type: 'speech_resumed',
          turnId,
          atMs: ms,
          ...(n % 2 === 1 && { commits: listening?.pieces.at(-1)?.index ?? 0 }),
        },
      });
    case 'ended':
      return model.send({
        type: 'heard',
        event: {
          type: 'utterance_ended',
          turnId,
          pieces: Math.max(1, listening?.pieces.length ?? 0),
          lastRevision: 0,
          reason: 'silence',
          speechEndMs: 0,
          decidedMs: 300,
        },
      });
    case 'nothing':
      return model.send({
        type: 'heard',
        event: {
          type: 'utterance_ended',
          turnId,
          pieces: 0,
          lastRevision: 0,
          reason: 'stopped',
          speechEndMs: 0,
          decidedMs: 300,
        },
      });
    case 'lost':
      return model.send({
        type: 'heard',
        event: { type: 'lost', turnId, ...(n % 3 === 0 && { unavailable: true as const }) },
      });
    case 'partial':
      return model.send({ type: 'partial', turnId, index: n % 3, text, punctuationMeansEnd: n % 2 === 0 });
    case 'recognised':
      if (request === undefined) return;
      model.requests.delete(request);
      return model.send({
        type: 'recognised',
        requestId: request,
        recognition: { text, asr: 'model', waitMs: 1, runMs: 1, punctuationMeansEnd: true },
      });
    case 'unrecognised':
    case 'dropped':
      if (request === undefined) return;
      model.requests.delete(request);
      return model.send({
        type: 'recognition_failed',
        requestId: request,
        code: what === 'dropped' ? undefined : 'asr.failed',
      });
    case 'admit':
      if (model.admission !== 'waiting') return;
      model.admission = 'held';
      return model.send({ type: 'admitted' });
    case 'refuse':
      if (model.admission !== 'waiting') return;
      model.admission = 'none';
      return model.send({ type: 'not_admitted' });
    case 'utter':
      return model.utter(n < 5);
    case 'progress':
      return void model.progress(text);
    case 'token':
    case 'emotion':
    case 'chunk':
      if (replyId === undefined) return;
      return model.send({
        type: 'part',
        replyId,
        part:
          what === 'token'
            ? { type: 'first_token' }
            : what === 'emotion'
              ? { type: 'emotion', emotion: 'happy' }
              : { type: 'speech', text },
      });
    case 'answered':
    case 'model_failed':
      if (replyId === undefined) return;
      model.conversing = undefined;
      return model.send(
        what === 'answered' ? { type: 'parts_ended', replyId } : { type: 'parts_failed', replyId, code: 'llm.timeout' },
      );
    case 'unprepared': {
      const preparedId = model.prepared?.id;
      if (preparedId === undefined) return;
      model.prepared = undefined;
      return model.send({ type: 'preparation_failed', preparedId });
    }
    case 'speak':
      return model.speak();
    case 'voice_failed':
      return model.failVoice();
    case 'stale':
      return stale(model, n);
    case 'wait':
      return model.advance(ms);
  }
}

/** Sends results that come too late, for replies, turns and requests that have ended. */
function stale(model: TurnModel, n: number): void {
  const replyId = model.deadReplies.at(-1 - (n % Math.max(1, model.deadReplies.length)));
  model.sendStale({
    type: 'recognised',
    requestId: 1_000_000,
    recognition: { text: 'late', asr: 'model', waitMs: 1, runMs: 1, punctuationMeansEnd: true },
  });
  model.sendStale({
    type: 'preparation_failed',
    preparedId: model.state.lastPreparedId + (model.prepared === undefined ? 0 : 1),
  });
  model.sendStale({ type: 'partial', turnId: -1, index: 0, text: 'late', punctuationMeansEnd: true });
  model.sendStale({ type: 'heard', event: { type: 'speech_started', turnId: -1, atMs: 1 } });
  if (replyId === undefined || replyId === model.state.reply?.id) return;
  model.sendStale({ type: 'part', replyId, part: { type: 'speech', text: 'late' } });
  model.sendStale({ type: 'parts_ended', replyId });
  model.sendStale({ type: 'speaking', replyId, event: { type: 'sentence', index: 0, text: 'late' } });
  model.sendStale({ type: 'speaking', replyId, event: { type: 'first_packet', atMs: 1 } });
}

describe('a conversation of random events', () => {
  it('keeps the rules at every step, becomes idle, and then lets the device speak', () => {
    let turns = 0;
    let hits = 0;
    let misses = 0;
    fc.assert(
      fc.property(fc.array(step(false), { minLength: 20, maxLength: 250, size: 'max' }), (steps) => {
        const model = new TurnModel();
        for (const next of steps) play(model, next);
        turns += model.starts;
        hits += model.hits;
        misses += model.misses;
        model.calmDown();
        expect(model.violations).toEqual([]);
        expect(model.stops).toBe(model.starts);
        if (model.closed) return;
        expect(model.speaking).toBe(false);
        expect(model.admission === 'none' || model.state.listening?.speaking === true).toBe(true);
        const { mode, everListened, listening } = model.state;
        expect(everListened && mode !== 'manual').toBe(listening !== undefined && listening.mode !== 'manual');

        // To prove that the device can speak, the next words must be answered.
        const before = model.starts;
        model.send({ type: 'listen_start', mode: 'auto' });
        model.utter(true);
        model.calmDown();
        expect(model.violations).toEqual([]);
        expect(model.starts).toBe(before + 1);
        expect(model.stops).toBe(model.starts);
      }),
      { numRuns: 1500 },
    );
    // Enough of the random sequences have reached the important parts of the state machine.
    expect(turns).toBeGreaterThan(3000);
    expect(hits).toBeGreaterThan(100);
    expect(misses).toBeGreaterThan(100);
  });

  it('may end at any point, closed or drained, and leaves no work', () => {
    fc.assert(
      fc.property(
        fc.array(step(true), { minLength: 1, maxLength: 120, size: 'max' }),
        fc.boolean(),
        (steps, drains) => {
          const model = new TurnModel();
          for (const next of steps) play(model, next);
          model.send({ type: drains ? 'drain' : 'closed' });
          if (drains) model.calmDown();
          expect(model.closed).toBe(true);
          expect(model.violations).toEqual([]);
          expect(model.stops).toBe(model.starts);
          expect(model.admission).toBe('none');
          expect(model.timers.size).toBe(0);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
