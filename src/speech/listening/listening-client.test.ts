import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Device,
  heardOf,
  kinds,
  openDevice,
  pushInBursts,
  summary,
} from '../../../test/fixtures/listening-device.js';
import { CLIP_NAMES, clip, concat, devicePackets, noise, silence } from '../../../test/fixtures/speech.js';
import { type Metrics, Scope, silentLogger, sleep, systemClock } from '../../core/index.js';
import { type ListeningEvent, type ListeningService, type ListeningStream, createListening } from './index.js';

const scope = new Scope('test', (name, error) => {
  throw new Error(`${name}: ${String(error)}`);
});
const counted = new Map<string, number>();
const metrics: Metrics = {
  count: (name, _labels, by = 1) => counted.set(name, (counted.get(name) ?? 0) + by),
  gauge: () => undefined,
  observeMs: () => undefined,
};
/** The tests send faster than real time, so a short queue could drop packets. */
const QUEUE_PACKETS = 400;
const DROPPED_ON_PURPOSE = 150;
let listening: ListeningService;

beforeAll(async () => {
  listening = createListening({ clock: systemClock, log: silentLogger, metrics, scope, queuePackets: QUEUE_PACKETS });
  await listening.start();
});
afterAll(async () => {
  expect(counted.get('chorus_uplink_dropped_total')).toBe(DROPPED_ON_PURPOSE);
  await scope.close();
  expect(scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
});

const open = (): Device => openDevice(listening);

/** Returns the span between 1 and 99 per cent of the energy, which does not depend on the speech detector. */
function energySpan(pcm: Int16Array): { fromMs: number; toMs: number } {
  const total = pcm.reduce((sum, value) => sum + value * value, 0);
  let sum = 0;
  let fromMs: number | undefined;
  for (const [i, value] of pcm.entries()) {
    sum += value * value;
    if (sum >= total * 0.01) fromMs ??= i / 16;
    if (sum >= total * 0.99) return { fromMs: fromMs ?? 0, toMs: i / 16 };
  }
  throw new Error('a silent clip');
}

describe('listening process', () => {
  it.each(CLIP_NAMES)('finds the utterance of %s in bursts of 40 packets', async (name) => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 700 });
    await pushInBursts(device.stream, devicePackets(concat(silence(600), clip(name), silence(1500))));
    const ended = await device.wait('utterance_ended');
    const started = await device.wait('speech_started');
    const { fromMs, toMs } = energySpan(clip(name));
    expect(started.atMs - 600).toBeLessThan(fromMs + 50);
    expect(started.atMs - 600).toBeGreaterThan(fromMs - 400);
    expect(ended.speechEndMs - 600).toBeGreaterThan(toMs - 50);
    expect(ended.speechEndMs - 600).toBeLessThan(toMs + 500);
    expect(ended.decidedMs - ended.speechEndMs).toBeGreaterThanOrEqual(700);
    expect(ended.decidedMs - ended.speechEndMs).toBeLessThan(764);
    const last = device.events.findLast((event) => event.type === 'piece');
    expect(last?.index).toBe(ended.pieces - 1);
    device.stream.close();
  });

  it('sends the first piece of an utterance sooner if the turn names a shorter silence', async () => {
    const firstPieceMs = async (pieceSilenceMs?: number): Promise<number> => {
      const device = open();
      const turn = { turnId: 1, mode: 'auto', endpointSilenceMs: 700 } as const;
      device.stream.begin(pieceSilenceMs === undefined ? turn : { ...turn, pieceSilenceMs });
      await pushInBursts(device.stream, devicePackets(concat(silence(600), clip(CLIP_NAMES[0]), silence(1500))));
      await device.wait('utterance_ended');
      const { pcm, endMs } = await device.wait('piece');
      device.stream.close();
      expect(pcm.length).toBeGreaterThan(0);
      return endMs;
    };
    expect(await firstPieceMs(64)).toBeLessThan(await firstPieceMs());
  });

  it('analyses many devices at once exactly as it analyses each alone', { timeout: 30_000 }, async () => {
    const sounds = CLIP_NAMES.map((name) => devicePackets(concat(silence(300), clip(name), silence(1200))));
    const listenTo = async (packets: readonly Uint8Array[]): Promise<ListeningEvent[]> => {
      const device = open();
      device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
      await pushInBursts(device.stream, packets);
      await device.wait('utterance_ended');
      device.stream.close();
      return device.events;
    };
    const alone = [];
    for (const packets of sounds) alone.push(await listenTo(packets));
    const together = await Promise.all(Array.from({ length: 10 }, (_, i) => listenTo(sounds[i % sounds.length] ?? [])));
    for (const [i, events] of together.entries())
      expect(events.map(summary)).toEqual(alone[i % alone.length]?.map(summary));
  });

  it(
    'realtime: a turn that follows at once contains every sample, as if the listener had never stopped',
    { timeout: 15_000 },
    async () => {
      const onEvent = (event: ListeningEvent, stream: ListeningStream): void => {
        if (event.type === 'utterance_ended' && event.turnId === 1)
          stream.begin({ turnId: 2, mode: 'realtime', endpointSilenceMs: 600 });
      };
      const device = openDevice(listening, onEvent);
      device.stream.begin({ turnId: 1, mode: 'realtime', endpointSilenceMs: 600 });
      const packets = devicePackets(
        concat(silence(300), clip('austen-0880'), silence(700), clip('austen-0890'), silence(1500)),
      );
      for (const packet of packets) device.stream.push(packet);
      await vi.waitFor(() => expect(device.events.at(-1)).toMatchObject({ type: 'utterance_ended', turnId: 2 }), {
        timeout: 10_000,
        interval: 5,
      });
      const all = heardOf(packets);
      const first = await device.wait('utterance_ended');
      const pieces = device.events.filter((event) => event.type === 'piece').filter(({ turnId }) => turnId === 2);
      for (const { pcm, startMs } of pieces) {
        const from = (first.decidedMs + startMs) * 16;
        expect(pcm.every((sample, i) => sample === all[from + i])).toBe(true);
      }
      expect(pieces.length).toBeGreaterThan(0);
      device.stream.close();
    },
  );

  it('catches up with a burst of 40 packets in under 500 ms', async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 300 });
    // 2.4 s of audio, in which an utterance ends.
    const packets = devicePackets(concat(clip('austen-0880').subarray(1200 * 16), silence(1000))).slice(0, 40);
    const startMs = systemClock.nowMs();
    for (const packet of packets) device.stream.push(packet);
    await device.wait('utterance_ended');
    expect(systemClock.nowMs() - startMs).toBeLessThan(500);
    device.stream.close();
  });

  it('keeps up with real packets in real time, and no event is late by more than a few packets', async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 300 });
    const packets = devicePackets(concat(clip('austen-0880').subarray(1800 * 16), silence(900)));
    const startMs = systemClock.nowMs();
    for (const [i, packet] of packets.entries()) {
      await sleep(systemClock, Math.max(0, startMs + (i + 1) * 60 - systemClock.nowMs()));
      device.stream.push(packet);
      if (device.events.some(({ type }) => type === 'utterance_ended')) break;
    }
    const ended = await device.wait('utterance_ended');
    expect(systemClock.nowMs() - startMs - ended.decidedMs).toBeLessThan(300);
    device.stream.close();
  });

  it('detects no speech in silence, DTX and 40 s of noise, and is still running', { timeout: 30_000 }, async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    const dtx = Array.from({ length: 40 }, (_, i) => new Uint8Array(i % 3).fill(0x58));
    const quiet = [...devicePackets(silence(2040)), ...dtx, ...devicePackets(noise(40_020, 1500))];
    for (let at = 0; at < quiet.length; at += 40) {
      for (const packet of quiet.slice(at, at + 40)) device.stream.push(packet);
      await device.silentUntil(Math.min(at + 40, quiet.length) * 60 - 300);
    }
    await pushInBursts(device.stream, devicePackets(concat(clip('austen-0880'), silence(1000))));
    await device.wait('utterance_ended');
    expect(kinds(device)).toEqual(['speech_started', 'piece', 'utterance_ended']);
    expect(device.events.find((event) => event.type === 'speech_started')?.atMs).toBeGreaterThan(44_000);
    device.stream.close();
  });

  it('runs no inference on silent packets (DTX)', async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, devicePackets(clip('austen-0880').subarray(0, 16_000)));
    for (let i = 0; i < 30; i++) device.stream.push(Uint8Array.of(0x58));
    device.stream.finish(1);
    const before = counted.get('chorus_vad_windows_total') ?? 0;
    await device.wait('utterance_ended');
    // Only the 17 packets before the silent ones (DTX) may have been analysed.
    expect((counted.get('chorus_vad_windows_total') ?? 0) - before).toBeLessThanOrEqual(33);
    device.stream.close();
  });

  it('counts packets that do not decode, and analyses the rest', async () => {
    const device = open();
    const before = counted.get('chorus_opus_errors_total') ?? 0;
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    for (let i = 0; i < 5; i++) device.stream.push(Uint8Array.of(0xff, 0xff, 0xff));
    await pushInBursts(device.stream, devicePackets(concat(clip('austen-0880'), silence(1000))));
    await device.wait('utterance_ended');
    expect(kinds(device)).toEqual(['speech_started', 'piece', 'utterance_ended']);
    expect((counted.get('chorus_opus_errors_total') ?? 0) - before).toBe(5);
    device.stream.close();
  });

  it('drops the oldest packets if a queue is full, and counts them', async () => {
    const device = open();
    const before = counted.get('chorus_uplink_dropped_total') ?? 0;
    device.stream.begin({ turnId: 1, mode: 'manual', endpointSilenceMs: Infinity });
    for (let i = 0; i < QUEUE_PACKETS + DROPPED_ON_PURPOSE; i++) device.stream.push(Uint8Array.of(0x58));
    device.stream.finish(1);
    expect((await device.wait('utterance_ended')).decidedMs).toBe(QUEUE_PACKETS * 60);
    expect((counted.get('chorus_uplink_dropped_total') ?? 0) - before).toBe(DROPPED_ON_PURPOSE);
    device.stream.close();
  });

  it('accepts frames that arrive just after the push-to-talk button is released (checklist 38)', async () => {
    const device = open();
    device.stream.begin({ turnId: 3, mode: 'manual', endpointSilenceMs: Infinity });
    const packets = devicePackets(clip('austen-0880'));
    await pushInBursts(device.stream, packets.slice(0, -4));
    device.stream.finish(3);
    await sleep(systemClock, 40);
    for (const packet of packets.slice(-4)) device.stream.push(packet);
    const ended = await device.wait('utterance_ended');
    expect(ended).toMatchObject({ turnId: 3, reason: 'stopped', pieces: 1 });
    expect(ended.decidedMs).toBe(packets.length * 60);
    device.stream.close();
  });

  it('ignores audio before a turn or after its end, and restarts a turn (checklist 34, 40)', async () => {
    const device = open();
    const talk = devicePackets(concat(clip('austen-0880'), silence(1000)));
    for (const packet of talk) device.stream.push(packet);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    for (const packet of talk.slice(0, 30)) device.stream.push(packet);
    await device.wait('speech_started');
    device.stream.end();
    await pushInBursts(device.stream, talk);
    expect(kinds(device)).toEqual(['speech_started']);
    device.stream.begin({ turnId: 2, mode: 'auto', endpointSilenceMs: 600 });
    device.stream.begin({ turnId: 3, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, talk);
    await device.wait('utterance_ended');
    expect(device.events.slice(1).every(({ turnId }) => turnId === 3 || turnId === 1)).toBe(true);
    expect(kinds(device).slice(1)).toEqual(['speech_started', 'piece', 'utterance_ended']);
    device.stream.close();
  });

  it("does not use its caller's buffer after the call", async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    const socketChunk = Buffer.alloc(4096);
    for (const packet of devicePackets(concat(clip('austen-0880'), silence(1000)))) {
      socketChunk.set(packet);
      device.stream.push(socketChunk.subarray(0, packet.length));
    }
    await device.wait('utterance_ended');
    expect(kinds(device)).toEqual(['speech_started', 'piece', 'utterance_ended']);
    device.stream.close();
  });
});
