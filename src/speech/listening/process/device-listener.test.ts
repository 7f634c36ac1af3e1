import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { heardOf } from '../../../../test/fixtures/listening-device.js';
import { concat, devicePackets, noise, silence } from '../../../../test/fixtures/speech.js';
import { DeviceListener, type ListenerCounters, type PendingWindow } from './device-listener.js';
import type { ListenMode, ListeningEvent } from '../listening-port.js';
import { DEFAULT_UTTERANCE_OPTIONS } from '../utterance-options.js';

const WINDOW = 512;
const LOUD = 3000;
/** The second sound begins 32 to 64 ms after the end of the first turn. */
const SOUND = concat(silence(320), noise(960, LOUD), silence(480), noise(960, LOUD, 2), silence(800));

let emitted: { readonly event: ListeningEvent; readonly packets: number }[];
let counters: ListenerCounters;
let listener: DeviceListener;

beforeEach(anew);

function anew(): void {
  emitted = [];
  counters = { droppedPackets: 0, opusErrors: 0 };
  listener = new DeviceListener(
    {
      utterance: DEFAULT_UTTERANCE_OPTIONS,
      queuePackets: 100,
      windowSamples: WINDOW,
      createVadStream: () => ({ reset: () => undefined }),
      emit: (event, packets) => emitted.push({ event, packets }),
    },
    counters,
  );
}

function begin(turnId: number, mode: ListenMode, continues: boolean): void {
  listener.begin({ turnId, mode, endpointSilenceMs: 400 }, 0, continues);
}

/** Stands in for the detector. Loud windows are speech. */
function probability({ samples }: Pick<PendingWindow, 'samples'>): number {
  return samples.reduce((sum, value) => sum + value * value, 0) / WINDOW > 1e-3 ? 0.9 : 0.05;
}

function hear(): void {
  for (let window = listener.nextWindow(8); window; window = listener.nextWindow(8))
    listener.heard(window, probability(window));
}

/** Ends the first turn in the pause, while the detector analyses a window. */
function hearUntilPause(packets: readonly Uint8Array[]): void {
  begin(1, 'realtime', false);
  for (const packet of packets) listener.push(packet, false);
  for (let window = listener.nextWindow(8); window; window = listener.nextWindow(8)) {
    if (emitted.some(({ event }) => event.type === 'piece')) listener.requireSilence(1, 128);
    listener.heard(window, probability(window));
  }
}

function last<T extends ListeningEvent['type']>(type: T, turnId: number): Extract<ListeningEvent, { type: T }> {
  const found = emitted.findLast(({ event }) => event.type === type && event.turnId === turnId)?.event;
  if (!found) throw new Error(`no ${type} of turn ${turnId}`);
  return found as Extract<ListeningEvent, { type: T }>;
}

describe('a realtime turn that continues where the previous turn ended', () => {
  const packets = devicePackets(SOUND);

  it('analyses the same samples as a listener that never stopped, with the pre-roll of a first word', () => {
    begin(1, 'realtime', false);
    for (const packet of packets) listener.push(packet, false);
    hear();
    const first = last('utterance_ended', 1);
    expect(listener.busy).toBe(false);
    begin(2, 'realtime', true);
    hear();
    const { pcm, startMs } = last('piece', 2);
    const startSample = (first.decidedMs + startMs) * 16;
    expect(startMs).toBeLessThan(0);
    expect(320 + 960 + 480 - startSample / 16).toBeGreaterThan(180);
    expect(pcm).toEqual(heardOf(packets).slice(startSample, startSample + pcm.length));
    expect(first.decidedMs + last('utterance_ended', 2).speechEndMs).toBeGreaterThan(320 + 960 + 480 + 960 - 32);
  });

  it('includes the window that the detector was analysing when the previous turn ended', () => {
    hearUntilPause(packets);
    const first = last('utterance_ended', 1);
    begin(2, 'realtime', true);
    hear();
    const { pcm, startMs } = last('piece', 2);
    const startSample = (first.decidedMs + startMs) * 16;
    expect(pcm).toEqual(heardOf(packets).slice(startSample, startSample + pcm.length));
  });

  it('repeats no recognised audio if the pause was shorter than the pre-roll', () => {
    hearUntilPause(
      devicePackets(concat(silence(320), noise(960, LOUD), silence(192), noise(960, LOUD, 2), silence(800))),
    );
    begin(2, 'realtime', true);
    hear();
    const recognisedMs = last('piece', 1).endMs;
    expect(last('utterance_ended', 1).decidedMs - recognisedMs).toBeLessThan(DEFAULT_UTTERANCE_OPTIONS.preRollMs);
    expect(last('utterance_ended', 1).decidedMs + last('piece', 2).startMs).toBeGreaterThanOrEqual(recognisedMs);
  });

  it('reports how many packets the previous turn had, so that the others can be analysed again', () => {
    begin(1, 'realtime', false);
    for (const packet of packets) listener.push(packet, false);
    hear();
    const { packets: taken } = emitted.find(({ event }) => event.type === 'utterance_ended') ?? { packets: 0 };
    expect(taken).toBe(Math.ceil(last('utterance_ended', 1).decidedMs / 60));
    begin(2, 'realtime', true);
    hear();
    expect(emitted.at(-1)?.packets).toBeLessThanOrEqual(packets.length - taken);
  });

  it('counts packets that were dropped before it began', () => {
    begin(1, 'realtime', false);
    for (const packet of packets) listener.push(packet, false);
    hear();
    const { packets: taken } = emitted.at(-1) ?? { packets: 0 };
    for (const packet of [...packets, ...packets]) listener.push(packet, false);
    expect(counters.droppedPackets).toBe(3 * packets.length - taken - 100);
    begin(2, 'realtime', true);
    hear();
    const decodedMs = last('utterance_ended', 1).decidedMs + last('utterance_ended', 2).decidedMs;
    expect(emitted.at(-1)?.packets).toBe(Math.ceil(decodedMs / 60) - taken + counters.droppedPackets);
  });

  it('does not count dropped packets of a reply', () => {
    listener.playbackStarted();
    listener.playbackStopped();
    begin(1, 'realtime', false);
    for (let n = 0; n < 60; n++) listener.push(Uint8Array.of(0), true);
    for (const packet of packets) listener.push(packet, false);
    expect(packets.length + 60).toBeGreaterThan(100);
    expect(counters.droppedPackets).toBe(0);
    hear();
    expect(emitted.at(-1)?.packets).toBe(Math.ceil(last('utterance_ended', 1).decidedMs / 60));
  });

  it('repeats no recognised audio if the previous turn was cut at the length limit', () => {
    listener = new DeviceListener(
      {
        utterance: { ...DEFAULT_UTTERANCE_OPTIONS, maxUtteranceMs: 600 },
        queuePackets: 100,
        windowSamples: WINDOW,
        createVadStream: () => ({ reset: () => undefined }),
        emit: (event, packets) => emitted.push({ event, packets }),
      },
      { droppedPackets: 0, opusErrors: 0 },
    );
    begin(1, 'realtime', false);
    for (const packet of packets) listener.push(packet, false);
    hear();
    expect(last('utterance_ended', 1).reason).toBe('cap');
    begin(2, 'realtime', true);
    hear();
    expect(last('piece', 2).startMs).toBe(0);
  });

  it.each([
    { what: 'one that is begun again', mode: 'realtime', next: () => begin(2, 'realtime', false) },
    {
      what: 'one after the listener was closed',
      mode: 'realtime',
      next: () => (listener.end(), begin(2, 'realtime', true)),
    },
  ] as const)('begins from scratch if it is $what', ({ mode, next }) => {
    begin(1, mode, false);
    for (const packet of packets) listener.push(packet, false);
    hear();
    next();
    hear();
    expect(emitted.at(-1)?.event).toMatchObject({ type: 'utterance_ended', turnId: 1 });
  });
});

describe('any sequence of realtime turns', () => {
  const part = fc.record({
    quietWindows: fc.integer({ min: 1, max: 24 }),
    loudWindows: fc.integer({ min: 1, max: 24 }),
    packets: fc.integer({ min: 1, max: 30 }),
    silenceMs: fc.constantFrom(undefined, 128, 200, 300),
  });

  it('misses no sound of 160 ms or more, and analyses no sound twice', () => {
    const property = fc.property(fc.array(part, { minLength: 2, maxLength: 6 }), (parts) => {
      anew();
      const packets = devicePackets(
        concat(
          ...parts.flatMap(({ quietWindows, loudWindows }, n) => [
            silence(quietWindows * 32),
            noise(loudWindows * 32, LOUD, n),
          ]),
          silence(1600),
        ),
      );
      hearTurns(packets, parts);
      const heard = heardOf(packets);
      let startSample = 0;
      let saidUntil = 0;
      const said: (readonly [number, number])[] = [];
      for (const { event: ended } of emitted) {
        if (ended.type !== 'utterance_ended') continue;
        for (let index = 0; index < ended.pieces; index++) {
          const piece = emitted.findLast(
            ({ event }) => event.type === 'piece' && event.turnId === ended.turnId && event.index === index,
          )?.event;
          if (piece?.type !== 'piece') throw new Error('a piece is missing');
          const from = startSample + piece.startMs * 16;
          expect(from).toBeGreaterThanOrEqual(saidUntil);
          expect(piece.pcm).toEqual(heard.slice(from, from + piece.pcm.length));
          saidUntil = from + piece.pcm.length;
          said.push([from, saidUntil]);
        }
        startSample += ended.decidedMs * 16;
      }
      for (const [from, to] of loudStretches(heard.subarray(0, startSample)))
        expect(said.some(([begins, ends]) => begins <= from && to <= ends)).toBe(true);
    });
    fc.assert(property, {
      numRuns: 40,
      examples: [
        [Array.from({ length: 4 }, () => ({ quietWindows: 8, loudWindows: 12, packets: 7, silenceMs: 128 as const }))],
      ],
    });
  });
});

/** Each turn begins when `packets` packets have arrived after the end of the previous turn. */
function hearTurns(
  packets: readonly Uint8Array[],
  parts: readonly { readonly packets: number; readonly silenceMs: number | undefined }[],
): void {
  let turnId = 1;
  begin(turnId, 'realtime', false);
  for (let at = 0, n = 0; at < packets.length; n++) {
    const { packets: count = 1, silenceMs } = parts[n % parts.length] ?? {};
    for (const packet of packets.slice(at, at + count)) listener.push(packet, false);
    at += count;
    const ended = (): boolean =>
      emitted.some(({ event }) => event.type === 'utterance_ended' && event.turnId === turnId);
    const atOnce = n % 2 === 0;
    const goesOn = (): boolean => atOnce && ended();
    do {
      if (ended()) begin(++turnId, 'realtime', true);
      for (let window = listener.nextWindow(8); window || listener.busy; window = listener.nextWindow(8)) {
        if (silenceMs !== undefined && emitted.at(-1)?.event.type === 'piece')
          listener.requireSilence(turnId, silenceMs);
        if (window) listener.heard(window, probability(window));
      }
    } while (goesOn());
  }
}

function loudStretches(pcm: Int16Array): [number, number][] {
  const stretches: [number, number][] = [];
  let from: number | undefined;
  for (let at = 0; at + WINDOW <= pcm.length; at += WINDOW) {
    if (probability({ samples: Float32Array.from(pcm.subarray(at, at + WINDOW), (value) => value / 32_768) }) > 0.5) {
      from ??= at;
      continue;
    }
    if (from !== undefined && at - from >= 160 * 16) stretches.push([from, at]);
    from = undefined;
  }
  return stretches;
}
