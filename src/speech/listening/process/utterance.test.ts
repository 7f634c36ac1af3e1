import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListenMode, ListeningEvent } from '../listening-port.js';
import { UtteranceAssembler } from './utterance.js';
import { DEFAULT_UTTERANCE_OPTIONS, type UtteranceOptions } from '../utterance-options.js';

const WINDOW = 512;
const WINDOW_MS = 32;

/** The samples are numbered, so the audio of a piece shows its position. */
class Heard {
  readonly events: ListeningEvent[] = [];
  readonly assembler: UtteranceAssembler;
  #next = 0;
  #most = 0;

  constructor(
    mode: ListenMode = 'auto',
    endpointSilenceMs = mode === 'manual' ? Infinity : 600,
    options: Partial<UtteranceOptions> = {},
  ) {
    this.assembler = new UtteranceAssembler(
      { ...DEFAULT_UTTERANCE_OPTIONS, ...options },
      { turnId: 7, mode, endpointSilenceMs },
      (event) => this.events.push(event),
    );
  }

  windows(probability: number, ms: number, held = false): this {
    for (let i = 0; i < Math.ceil(ms / WINDOW_MS); i++) {
      this.assembler.window(numbered(this.#next, WINDOW), probability, held);
      this.#next += WINDOW;
      this.#most = Math.max(this.#most, this.assembler.heldSamples);
    }
    return this;
  }

  speech(ms: number): this {
    return this.windows(0.9, ms);
  }

  silence(ms: number): this {
    return this.windows(0.05, ms);
  }

  finish(tailSamples = 100): this {
    this.assembler.finish(numbered(this.#next, tailSamples));
    return this;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== 'still_silent');
  }

  get pieces(): Extract<ListeningEvent, { type: 'piece' }>[] {
    return this.events.filter((event) => event.type === 'piece');
  }

  get commits(): (number | undefined)[] {
    return this.events.flatMap((event) => (event.type === 'speech_resumed' ? [event.commits] : []));
  }

  get ended(): Extract<ListeningEvent, { type: 'utterance_ended' }> | undefined {
    return this.events.find((event) => event.type === 'utterance_ended');
  }

  get mostHeldMs(): number {
    return this.#most / 16;
  }
}

function numbered(from: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, i) => (from + i) % 30_000);
}

describe('utterance', () => {
  it('reports silence every 200 ms until speech begins', () => {
    const heard = new Heard().silence(1000);
    expect(heard.events.map((event) => (event.type === 'still_silent' ? event.atMs : 'other'))).toEqual([
      224, 448, 672, 896,
    ]);
    heard.speech(500).silence(96);
    expect(heard.events.slice(4).map(({ type }) => type)).toEqual(['speech_started']);
  });

  it('is one piece with its pre-roll, sent after 128 ms of silence, and ends at the endpoint', () => {
    const heard = new Heard().silence(640).speech(1024).silence(800);
    expect(heard.types).toEqual(['speech_started', 'piece', 'utterance_ended']);
    expect(heard.events.find(({ type }) => type === 'speech_started')).toMatchObject({ atMs: 640 });
    const [piece] = heard.pieces;
    expect(piece).toMatchObject({ turnId: 7, index: 0, revision: 0, startMs: 440, endMs: 1792, committed: false });
    expect(piece?.pcm).toEqual(numbered(440 * 16, (1792 - 440) * 16));
    expect(heard.ended).toMatchObject({
      pieces: 1,
      lastRevision: 0,
      reason: 'silence',
      speechEndMs: 1664,
      decidedMs: 2272,
    });
  });

  it('measures the speech of a piece, without the silence around it', () => {
    const heard: ListeningEvent[] = [];
    const assembler = new UtteranceAssembler(
      DEFAULT_UTTERANCE_OPTIONS,
      { turnId: 1, mode: 'auto', endpointSilenceMs: 600 },
      (event) => heard.push(event),
    );
    const windows = (count: number, value: number, probability: number): void => {
      for (let i = 0; i < count; i++) assembler.window(new Int16Array(WINDOW).fill(value), probability, false);
    };
    windows(10, 3, 0.02);
    windows(10, 3277, 0.9);
    windows(5, 3277, 0.5);
    windows(10, 30_000, 0.02);
    const voice = heard.find((event) => event.type === 'piece')?.voice;
    expect(voice?.speechMs).toBe(480);
    expect(voice?.levelDb).toBeCloseTo(-20, 1);
    expect(voice?.probability).toBeCloseTo((10 * 0.9 + 5 * 0.5) / 15, 5);
  });

  it('sends the piece again, now longer, if speech continued', () => {
    const heard = new Heard().silence(640).speech(1024).silence(320).speech(320).silence(800);
    expect(heard.types).toEqual(['speech_started', 'piece', 'speech_resumed', 'piece', 'utterance_ended']);
    expect(heard.pieces.map(({ index, revision, startMs, endMs }) => [index, revision, startMs, endMs])).toEqual([
      [0, 0, 440, 1792],
      [0, 1, 440, 2432],
    ]);
    expect(heard.ended).toMatchObject({ pieces: 1, lastRevision: 1 });
  });

  it('keeps a sent piece with over 2 s of speech when speech resumes after 250 ms, then begins a new piece', () => {
    const heard = new Heard().speech(1600).silence(320).speech(640).silence(320).speech(640).silence(700);
    expect(heard.types).toEqual([
      'speech_started',
      'piece',
      'speech_resumed',
      'piece',
      'speech_resumed',
      'piece',
      'utterance_ended',
    ]);
    expect(heard.pieces.map(({ index, revision, committed }) => [index, revision, committed])).toEqual([
      [0, 0, false],
      [0, 1, false],
      [1, 0, false],
    ]);
    expect(heard.commits).toEqual([undefined, 0]);
    const [, first, second] = heard.pieces;
    expect(first?.endMs).toBe(1600 + 320 + 640 + 128);
    expect(second?.startMs).toBe(first?.endMs);
    expect(heard.ended).toMatchObject({ pieces: 2, lastRevision: 0 });
  });

  it('does not cut at a pause within a phrase', () => {
    const heard = new Heard().speech(2400).silence(192).speech(640).silence(700);
    expect(heard.commits).toEqual([undefined]);
    expect(heard.pieces.map(({ index, revision, committed }) => [index, revision, committed])).toEqual([
      [0, 0, false],
      [0, 1, false],
    ]);
  });

  it('cuts at any pause from 2.5 s on', () => {
    const heard = new Heard().speech(2560).silence(192).speech(640).silence(700);
    expect(heard.commits).toEqual([0]);
    expect(heard.pieces.map(({ index, startMs, endMs }) => [index, startMs, endMs])).toEqual([
      [0, 0, 2560 + 128],
      [1, 2560 + 128, 2560 + 192 + 640 + 128],
    ]);
    const long = new Heard('auto', 600, { commitAfterMs: 8000 }).speech(2560).silence(192).speech(640).silence(700);
    expect(long.commits).toEqual([undefined]);
  });

  it('cuts at the length limit where the audio is least like speech, and continues without a gap', () => {
    const heard = new Heard().speech(13_440).windows(0.6, 32).speech(5000).silence(700);
    const [first, second] = heard.pieces;
    expect(first).toMatchObject({ committed: true, startMs: 0, endMs: 13_472 });
    expect(second).toMatchObject({ index: 1, startMs: 13_472 });
    expect(heard.ended).toMatchObject({ pieces: 2, reason: 'silence' });
    expect(heard.mostHeldMs).toBeLessThanOrEqual(15_100);
  });

  it('ends an endless noise that sounds like speech at the maximum utterance length', () => {
    const heard = new Heard().speech(90_000);
    expect(heard.ended).toMatchObject({ reason: 'cap' });
    expect(heard.ended?.decidedMs).toBeLessThanOrEqual(60_064);
    expect(heard.pieces.every(({ pcm }) => pcm.length <= 15.1 * 16_000)).toBe(true);
    expect(heard.ended?.pieces).toBe(heard.pieces.length);
  });

  it('ends after the silence that is required later, or at once if that silence has already passed', () => {
    const shorter = new Heard().speech(640).silence(420);
    shorter.assembler.requireSilence(300);
    expect(shorter.ended).toMatchObject({ decidedMs: 1088 });
    const longer = new Heard().speech(640).silence(320);
    longer.assembler.requireSilence(1200);
    longer.silence(800);
    expect(longer.ended).toBeUndefined();
    expect(longer.silence(100).ended).toMatchObject({ reason: 'silence' });
  });

  it('ignores a required silence if speech has continued since', () => {
    const heard = new Heard().speech(640).silence(192);
    heard.assembler.requireSilence(300);
    heard.speech(640);
    heard.assembler.requireSilence(300);
    expect(heard.silence(480).ended).toBeUndefined();
    expect(heard.silence(200).ended).toMatchObject({ reason: 'silence' });
  });

  it('does not end while a sound may still become speech', () => {
    const heard = new Heard('auto', 320).speech(640).silence(288).speech(32);
    expect(heard.ended).toBeUndefined();
    expect(heard.speech(320).types).toEqual(['speech_started', 'piece', 'speech_resumed']);
  });

  it('detects no utterance in clicks', () => {
    const heard = new Heard();
    for (let i = 0; i < 20; i++) heard.speech(64).silence(200);
    expect(heard.types).toEqual([]);
  });
});

describe('push to talk', () => {
  it('ends on request, not at a pause, with everything that was said', () => {
    const heard = new Heard('manual').speech(640).silence(2000).speech(640);
    expect(heard.ended).toBeUndefined();
    heard.finish(100);
    expect(heard.types).toEqual(['speech_started', 'piece', 'speech_resumed', 'piece', 'utterance_ended']);
    const last = heard.pieces.at(-1);
    expect(last).toMatchObject({ index: 0, revision: 1, committed: true, startMs: 0 });
    expect(last?.pcm).toHaveLength((640 + 2016 + 640) * 16 + 100);
    expect(heard.ended).toMatchObject({ pieces: 1, lastRevision: 1, reason: 'stopped' });
  });

  it('accepts a word shorter than the minimum', () => {
    expect(new Heard('manual').silence(320).speech(96).finish().types).toEqual([
      'speech_started',
      'piece',
      'utterance_ended',
    ]);
  });

  it('ends with no piece if nobody spoke', () => {
    const heard = new Heard('manual').silence(2000).finish();
    expect(heard.types).toEqual(['utterance_ended']);
    expect(heard.ended).toMatchObject({ pieces: 0, reason: 'stopped' });
  });

  it('keeps at most one segment of audio in a long pause', () => {
    const heard = new Heard('manual').speech(640).silence(40_000).speech(640).finish();
    expect(heard.mostHeldMs).toBeLessThanOrEqual(15_100);
    expect(heard.pieces.map(({ index, committed }) => [index, committed])).toEqual([
      [0, false],
      [0, true],
      [1, true],
    ]);
    expect(heard.ended).toMatchObject({ pieces: 2, lastRevision: 0 });
  });
});

describe('over a reply', () => {
  it('begins no speech by itself, and after an interruption includes the audio before it', () => {
    const heard = new Heard('realtime').windows(0.9, 3200, true);
    expect(heard.events).toEqual([]);
    heard.assembler.interrupt(heard.assembler.nowSample - 320 * 16, true);
    heard.assembler.interrupt(heard.assembler.nowSample - 320 * 16, true);
    heard.speech(320).silence(700);
    expect(heard.types).toEqual(['barge_in', 'speech_started', 'piece', 'utterance_ended']);
    expect(heard.pieces[0]?.startMs).toBe(3200 - 320 - 200);
    expect(heard.mostHeldMs).toBeLessThanOrEqual(2100);
  });

  it('interrupts each reply once', () => {
    const heard = new Heard('realtime').windows(0.9, 640, true);
    heard.assembler.interrupt(0, true);
    heard.assembler.rearm();
    heard.assembler.interrupt(0, true);
    expect(heard.types).toEqual(['barge_in', 'speech_started', 'barge_in']);
  });

  it('reports continuous speech up to three times, each time from its beginning; a pause counts as one report', () => {
    const heard = new Heard('realtime').windows(0.9, 320, true);
    heard.assembler.interrupt(heard.assembler.nowSample - 256 * 16, true);
    heard.speech(3000);
    expect(heard.types).toEqual(['barge_in', 'speech_started', 'speech_so_far', 'speech_so_far', 'speech_so_far']);
    const parts = heard.events.flatMap((event) => (event.type === 'speech_so_far' ? [event] : []));
    expect(parts.map(({ pcm }) => pcm.length / 16 - 320)).toEqual([608, 928, 1216]);
    expect(parts.map(({ pcm }) => pcm[0])).toEqual([0, 0, 0]);
    expect(parts[0]?.voice.speechMs).toBeGreaterThan(800);

    const paused = new Heard('realtime').windows(0.9, 320, true);
    paused.assembler.interrupt(0, true);
    paused.speech(320).silence(400).speech(400);
    expect(paused.types.slice(2)).toEqual(['piece', 'speech_resumed', 'speech_so_far', 'speech_so_far']);
  });

  it('reports no continuous speech if no reply is interrupted', () => {
    const heard = new Heard('realtime').windows(0.9, 320, true);
    heard.assembler.interrupt(0, false);
    heard.speech(3000);
    expect(heard.types).toEqual(['speech_started']);
  });

  it('treats speech over the last echo of a reply as ordinary speech', () => {
    const heard = new Heard('realtime').windows(0.9, 640, true);
    heard.assembler.interrupt(0, false);
    expect(heard.types).toEqual(['speech_started']);
  });
});

type Step = {
  readonly probability: number;
  readonly windows: number;
  readonly held: boolean;
  readonly silenceMs: number | undefined;
};

const step: fc.Arbitrary<Step> = fc.record({
  probability: fc.constantFrom(0, 0.2, 0.4, 0.6, 0.95),
  windows: fc.integer({ min: 1, max: 120 }),
  held: fc.boolean(),
  silenceMs: fc.option(fc.integer({ min: 300, max: 1600 }), { nil: undefined }),
});

describe('any sequence of windows', () => {
  it.each(['auto', 'manual', 'realtime'] as const)('obeys the rules of the port in %s mode', (mode) => {
    const property = fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), fc.boolean(), (steps, finish) => {
      const heard = new Heard(mode);
      for (const { probability, windows, held, silenceMs } of steps) {
        if (silenceMs !== undefined && mode !== 'manual') heard.assembler.requireSilence(silenceMs);
        if (mode === 'realtime' && held && windows > 60)
          heard.assembler.interrupt(heard.assembler.nowSample - 4800, true);
        heard.windows(probability, windows * WINDOW_MS, mode === 'realtime' && held);
      }
      if (finish) heard.finish();
      return problems(heard, mode);
    });
    expect(() => fc.assert(property, { numRuns: 100 })).not.toThrow();
  });
});

/** Returns true if the events are right, and throws otherwise. */
function problems(heard: Heard, mode: ListenMode): boolean {
  const { events, pieces, ended } = heard;
  const fail = (what: string): never => {
    throw new Error(`${what}: ${events.map(({ type }) => type).join(' ')}`);
  };
  if (ended && events.at(-1) !== ended) fail('something after the end');
  if (events.filter(({ type }) => type === 'utterance_ended').length > 1) fail('two ends');
  if (mode === 'manual' && ended?.reason === 'silence') fail('push to talk ended by silence');
  const started = events.findIndex(({ type }) => type === 'speech_started');
  if (pieces.length > 0 && started === -1) fail('a piece without speech');
  if (events.some(({ type }, i) => type === 'still_silent' && started !== -1 && i > started))
    fail('silence reported after speech');
  let index = 0;
  let revision = 0;
  let boundaryMs = 0;
  let startMs: number | undefined;
  let last: (typeof pieces)[number] | undefined;
  const next = (): void => {
    index += 1;
    revision = 0;
    boundaryMs = last?.endMs ?? 0;
    startMs = undefined;
  };
  for (const piece of events) {
    if (piece.type === 'speech_resumed' && piece.commits !== undefined) {
      if (piece.commits !== index || last?.index !== index || last.committed)
        fail(`piece ${piece.commits} kept, which was not sent`);
      next();
    }
    if (piece.type !== 'piece') continue;
    last = piece;
    if (piece.index !== index || piece.revision !== revision)
      fail(`piece ${piece.index}.${piece.revision} instead of ${index}.${revision}`);
    if (piece.startMs < boundaryMs || (startMs !== undefined && piece.startMs !== startMs))
      fail('a piece begins in another');
    if (piece.pcm.length !== (piece.endMs - piece.startMs) * 16) fail('length and times differ');
    if (piece.pcm.length > 15_100 * 16) fail('a piece over the cap');
    if (piece.pcm[0] !== (piece.startMs * 16) % 30_000) fail('audio from elsewhere');
    if (piece.committed) {
      next();
    } else {
      revision += 1;
      startMs = piece.startMs;
    }
  }
  if (ended && ended.pieces !== (last ? last.index + 1 : 0)) fail(`${ended.pieces} pieces announced`);
  if (ended && last && ended.lastRevision !== last.revision) fail(`last revision ${ended.lastRevision} announced`);
  if (heard.mostHeldMs > 15_500) fail('memory');
  return true;
}
