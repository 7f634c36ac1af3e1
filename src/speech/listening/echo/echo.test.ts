import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RoomScene, play, played, replyPackets, reverberant } from '../../../../test/fixtures/room.js';
import { CLIP_NAMES, clip, concat, silence } from '../../../../test/fixtures/speech.js';
import { SileroDetector } from '../../../providers/vad/silero.js';
import { DeviceListener } from '../process/device-listener.js';
import type { ListeningEvent } from '../listening-port.js';
import { DEFAULT_UTTERANCE_OPTIONS } from '../utterance-options.js';

type Timed = ListeningEvent & { readonly receivedMs: number };

const REPLY_AT_MS = 500;
/** The device still plays 600 ms from its buffer after a barge-in stops the reply. */
const LEAD_MS = 600;
/** The detector finds no speech in the first 292 ms of the clip. */
const CLIP_ONSET_MS = 280;

let detector: SileroDetector;
const reply = concat(clip('austen-0870'), silence(300), clip('austen-0890'), silence(200), clip('austen-0920'));
const packets = replyPackets(reply);
const dry = played(packets);
const wet = reverberant(dry);

beforeAll(async () => {
  detector = await SileroDetector.load();
});
afterAll(() => detector.close());

async function listen(scene: RoomScene): Promise<Timed[]> {
  const events: Timed[] = [];
  let receivedMs = 0;
  let playing = false;
  const listener = new DeviceListener(
    {
      utterance: DEFAULT_UTTERANCE_OPTIONS,
      queuePackets: 100,
      windowSamples: detector.windowSamples,
      createVadStream: () => detector.createStream(),
      emit: (event) => {
        events.push({ ...event, receivedMs });
        if (event.type === 'barge_in') listener.playbackStopped();
      },
    },
    { droppedPackets: 0, opusErrors: 0 },
  );
  listener.begin({ turnId: 1, mode: 'realtime', endpointSilenceMs: 600 });
  for (const passing of play(scene)) {
    receivedMs = passing.atMs;
    if ('downlink' in passing) {
      if (!playing) listener.playbackStarted();
      playing = true;
      listener.push(passing.downlink, true);
    } else {
      listener.push(passing.uplink, false);
    }
    for (let window = listener.nextWindow(8); window; window = listener.nextWindow(8))
      listener.heard(window, (await detector.detect([window]))[0] ?? 0);
  }
  return events.filter(({ type }) => type !== 'still_silent');
}

interface Talk {
  readonly atMs: number;
  readonly delayMs: number;
  readonly gainDb: number | undefined;
  readonly sound: Int16Array;
}

async function interrupted({ atMs, delayMs, gainDb, sound }: Talk): Promise<{ bargeInMs: number; events: Timed[] }> {
  const user = [{ pcm: clip('austen-0880'), atMs }];
  const scene = (untilMs: number): RoomScene => ({
    durationMs: atMs + 5500,
    packets: packets.slice(0, Math.ceil((untilMs - REPLY_AT_MS) / 60)),
    replyAtMs: REPLY_AT_MS,
    leadMs: LEAD_MS,
    echo: gainDb === undefined ? undefined : { pcm: sound.subarray(0, (untilMs - REPLY_AT_MS) * 16), delayMs, gainDb },
    user,
  });
  const first = (await listen(scene(30_000))).find(({ type }) => type === 'barge_in');
  if (!first) throw new Error('no barge-in');
  return { bargeInMs: first.receivedMs, events: await listen(scene(first.receivedMs + LEAD_MS)) };
}

describe('the echo of a reply', () => {
  it("is taken for the user's voice if the listener does not know of the reply", async () => {
    const events = await listen({
      durationMs: 20_500,
      packets: [],
      replyAtMs: REPLY_AT_MS,
      leadMs: LEAD_MS,
      echo: { pcm: dry, delayMs: 150, gainDb: -20 },
      user: [],
    });
    expect(events.map(({ type }) => type)).toContain('utterance_ended');
  });

  it("is not taken for the user's voice in five minutes at -20 dB and 150 ms", { timeout: 60_000 }, async () => {
    const speech = concat(...CLIP_NAMES.flatMap((name, i) => [clip(name), silence(150 + 200 * i)]));
    const long = concat(...Array.from({ length: Math.ceil((300 * 16_000) / speech.length) }, () => speech)).subarray(
      0,
      300 * 16_000,
    );
    const sent = replyPackets(long);
    const echo = { pcm: played(sent), delayMs: 150, gainDb: -20 };
    expect(
      await listen({ durationMs: 301_000, packets: sent, replyAtMs: REPLY_AT_MS, leadMs: LEAD_MS, echo, user: [] }),
    ).toEqual([]);
  });

  it.each([
    [-6, 0, 'dry'],
    [-6, 1350, 'reverberant'],
    [-12, 700, 'reverberant'],
    [-30, 150, 'reverberant'],
    [-40, 1350, 'dry'],
  ] as const)("is not taken for the user's voice at %d dB, %d ms later, %s", async (gainDb, delayMs, room) => {
    const echo = { pcm: room === 'dry' ? dry : wet, delayMs, gainDb };
    expect(
      await listen({ durationMs: 20_500, packets, replyAtMs: REPLY_AT_MS, leadMs: LEAD_MS, echo, user: [] }),
    ).toEqual([]);
  });
});

describe("the user's voice over a reply", () => {
  it.each([
    ['no echo', 3000, 0, undefined, dry],
    ['-20 dB, early', 700, 150, -20, dry],
    ['-20 dB', 3000, 150, -20, dry],
    ['-20 dB, at a pause of the reply', 8200, 150, -20, dry],
    ['-20 dB, long delay', 6500, 1350, -20, dry],
    ['-20 dB in a room', 4700, 700, -20, wet],
    ['-12 dB in a room', 11_000, 150, -12, wet],
    ['-40 dB', 6500, 150, -40, dry],
  ] as const)(
    'interrupts within 600 ms and is recorded from its beginning: %s',
    async (_name, atMs, delayMs, gainDb, sound) => {
      const { bargeInMs, events } = await interrupted({ atMs, delayMs, gainDb, sound });
      const spokeAtMs = atMs + CLIP_ONSET_MS;
      // The limit of 500 ms is the buffer of 600 ms minus the time that the session and the socket need.
      expect(bargeInMs - spokeAtMs).toBeLessThanOrEqual(500);
      expect(bargeInMs - spokeAtMs).toBeGreaterThan(-200);
      expect(events.slice(0, 2).map(({ type }) => type)).toEqual(['barge_in', 'speech_started']);
      expect(events.filter(({ type }) => type === 'barge_in')).toHaveLength(1);
      const piece = events.findLast((event) => event.type === 'piece');
      expect(piece?.startMs).toBeLessThanOrEqual(spokeAtMs);
      expect(piece?.endMs).toBeGreaterThan(atMs + 2900);
      expect(piece?.endMs).toBeLessThan(atMs + 3800);
      expect(events.at(-1)).toMatchObject({ type: 'utterance_ended', reason: 'silence' });
    },
  );

  it('interrupts a reply even if its echo is at -6 dB, but later', async () => {
    const { bargeInMs } = await interrupted({ atMs: 3000, delayMs: 700, gainDb: -6, sound: dry });
    expect(bargeInMs - 3000 - CLIP_ONSET_MS).toBeLessThan(1800);
  });
});

describe('after a reply', () => {
  it('the last echo does not begin an utterance, and the user is detected as usual', async () => {
    const short = packets.slice(0, 60);
    const scene = (user: RoomScene['user'], durationMs: number): RoomScene => ({
      durationMs,
      packets: short,
      replyAtMs: REPLY_AT_MS,
      leadMs: LEAD_MS,
      echo: { pcm: dry.subarray(0, 60 * 960), delayMs: 300, gainDb: -20 },
      user,
    });
    expect(await listenWithStop(scene([], 7000), REPLY_AT_MS + 3000)).toEqual([]);
    const events = await listenWithStop(scene([{ pcm: clip('austen-0880'), atMs: 4600 }], 10_000), REPLY_AT_MS + 3000);
    expect(events.map(({ type }) => type)).toEqual(['speech_started', 'piece', 'utterance_ended']);
  });
});

/** The server stops sending at `stopMs`. The device then plays on for up to 600 ms. */
async function listenWithStop(scene: RoomScene, stopMs: number): Promise<Timed[]> {
  const events: Timed[] = [];
  const listener = new DeviceListener(
    {
      utterance: DEFAULT_UTTERANCE_OPTIONS,
      queuePackets: 100,
      windowSamples: detector.windowSamples,
      createVadStream: () => detector.createStream(),
      emit: (event) => events.push({ ...event, receivedMs: 0 }),
    },
    { droppedPackets: 0, opusErrors: 0 },
  );
  listener.begin({ turnId: 1, mode: 'realtime', endpointSilenceMs: 600 });
  listener.playbackStarted();
  let stopped = false;
  for (const passing of play(scene)) {
    if (passing.atMs >= stopMs && !stopped) {
      stopped = true;
      listener.playbackStopped();
    }
    listener.push('downlink' in passing ? passing.downlink : passing.uplink, 'downlink' in passing);
    for (let window = listener.nextWindow(8); window; window = listener.nextWindow(8))
      listener.heard(window, (await detector.detect([window]))[0] ?? 0);
  }
  return events.filter(({ type }) => type !== 'still_silent');
}
