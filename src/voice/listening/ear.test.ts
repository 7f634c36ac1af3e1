import { beforeEach, describe, expect, it } from 'vitest';
import { heardOf } from '../../../test/fixtures/listening-device.js';
import { concat, devicePackets, noise, silence } from '../../../test/fixtures/speech.js';
import { Ear, type PendingWindow } from './ear.js';
import type { ListenMode, ListeningEvent } from './port.js';
import { DEFAULT_UTTERANCE_OPTIONS } from './utterance-options.js';

const WINDOW = 512;
const LOUD = 3000;
/** The second sound begins 32 to 64 ms after the end of the first turn. */
const SOUND = concat(silence(320), noise(960, LOUD), silence(480), noise(960, LOUD, 2), silence(800));

let told: { readonly event: ListeningEvent; readonly packets: number }[];
let ear: Ear;

beforeEach(() => {
  told = [];
  ear = new Ear(
    { utterance: DEFAULT_UTTERANCE_OPTIONS, queuePackets: 100, windowSamples: WINDOW, createVadStream: () => ({ reset: () => undefined }), emit: (event, packets) => told.push({ event, packets }) },
    { droppedPackets: 0, opusErrors: 0 },
  );
});

function begin(turnId: number, mode: ListenMode, continues: boolean): void {
  ear.begin({ turnId, mode, endpointSilenceMs: 400 }, 0, continues);
}

/** Whether it is loud. */
function probability({ samples }: PendingWindow): number {
  return samples.reduce((sum, value) => sum + value * value, 0) / WINDOW > 1e-3 ? 0.9 : 0.05;
}

/** Until nothing more is to be done. */
function hear(): void {
  for (let window = ear.nextWindow(8); window; window = ear.nextWindow(8)) ear.heard(window, probability(window));
}

/** The first turn ends with its first pause, while a window of it is with the detector. */
function hearUntilPause(packets: readonly Uint8Array[]): void {
  begin(1, 'realtime', false);
  for (const packet of packets) ear.push(packet, false);
  for (let window = ear.nextWindow(8); window; window = ear.nextWindow(8)) {
    if (told.some(({ event }) => event.type === 'piece')) ear.requireSilence(1, 128);
    ear.heard(window, probability(window));
  }
}

function last<T extends ListeningEvent['type']>(type: T, turnId: number): Extract<ListeningEvent, { type: T }> {
  const found = told.findLast(({ event }) => event.type === type && event.turnId === turnId)?.event;
  if (!found) throw new Error(`no ${type} of turn ${turnId}`);
  return found as Extract<ListeningEvent, { type: T }>;
}

describe('a turn in realtime mode that goes on where another ended', () => {
  const packets = devicePackets(SOUND);

  it('hears, sample for sample, what an ear hears that was never closed, with the pre-roll of a word that begins at once', () => {
    begin(1, 'realtime', false);
    for (const packet of packets) ear.push(packet, false);
    hear();
    const first = last('utterance_ended', 1);
    expect(ear.busy).toBe(false);
    begin(2, 'realtime', true);
    hear();
    const { pcm, startMs } = last('piece', 2);
    const startSample = (first.decidedMs + startMs) * 16;
    expect(startMs).toBeLessThan(0);
    expect((320 + 960 + 480) - startSample / 16).toBeGreaterThan(180);
    expect(pcm).toEqual(heardOf(packets).slice(startSample, startSample + pcm.length));
    expect(first.decidedMs + last('utterance_ended', 2).speechEndMs).toBeGreaterThan(320 + 960 + 480 + 960 - 32);
  });

  it('hears the window that was with the detector when the words of a pause ended the turn', () => {
    hearUntilPause(packets);
    const first = last('utterance_ended', 1);
    begin(2, 'realtime', true);
    hear();
    const { pcm, startMs } = last('piece', 2);
    const startSample = (first.decidedMs + startMs) * 16;
    expect(pcm).toEqual(heardOf(packets).slice(startSample, startSample + pcm.length));
  });

  it('repeats nothing that was recognised, where the pause was shorter than the pre-roll', () => {
    hearUntilPause(devicePackets(concat(silence(320), noise(960, LOUD), silence(192), noise(960, LOUD, 2), silence(800))));
    begin(2, 'realtime', true);
    hear();
    const recognisedMs = last('piece', 1).endMs;
    expect(last('utterance_ended', 1).decidedMs - recognisedMs).toBeLessThan(DEFAULT_UTTERANCE_OPTIONS.preRollMs);
    expect(last('utterance_ended', 1).decidedMs + last('piece', 2).startMs).toBeGreaterThanOrEqual(recognisedMs);
  });

  it('is told how many packets the one before had, so that the others may be heard again', () => {
    begin(1, 'realtime', false);
    for (const packet of packets) ear.push(packet, false);
    hear();
    const { packets: taken } = told.find(({ event }) => event.type === 'utterance_ended') ?? { packets: 0 };
    expect(taken).toBe(Math.ceil(last('utterance_ended', 1).decidedMs / 60));
    begin(2, 'realtime', true);
    hear();
    expect(told.at(-1)?.packets).toBeLessThanOrEqual(packets.length - taken);
  });

  it('repeats nothing that was recognised, where the one before was cut at the cap', () => {
    ear = new Ear(
      { utterance: { ...DEFAULT_UTTERANCE_OPTIONS, maxUtteranceMs: 600 }, queuePackets: 100, windowSamples: WINDOW, createVadStream: () => ({ reset: () => undefined }), emit: (event, packets) => told.push({ event, packets }) },
      { droppedPackets: 0, opusErrors: 0 },
    );
    begin(1, 'realtime', false);
    for (const packet of packets) ear.push(packet, false);
    hear();
    expect(last('utterance_ended', 1).reason).toBe('cap');
    begin(2, 'realtime', true);
    hear();
    expect(last('piece', 2).startMs).toBe(0);
  });

  it.each([
    { what: 'one that is begun anew', mode: 'realtime', next: () => begin(2, 'realtime', false) },
    { what: 'one after the ear was closed', mode: 'realtime', next: () => (ear.end(), begin(2, 'realtime', true)) },
    { what: 'one in auto mode', mode: 'auto', next: () => begin(2, 'auto', true) },
  ] as const)('is not $what', ({ mode, next }) => {
    begin(1, mode, false);
    for (const packet of packets) ear.push(packet, false);
    hear();
    next();
    hear();
    expect(told.at(-1)?.event).toMatchObject({ type: 'utterance_ended', turnId: 1 });
  });
});
