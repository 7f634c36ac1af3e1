import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
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
/** Tests send faster than real time, perhaps while the machine does much else: nothing may be dropped for that. */
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

interface Device {
  readonly stream: ListeningStream;
  readonly events: ListeningEvent[];
  /** Silence was reported up to there. */
  silentUntil(atMs: number): Promise<void>;
  /** The first event of that type, past or future. */
  wait<T extends ListeningEvent['type']>(type: T): Promise<Extract<ListeningEvent, { type: T }>>;
}

function open(of = listening): Device {
  const events: ListeningEvent[] = [];
  const waiting = new Set<() => void>();
  const stream = of.open((event) => {
    events.push(event);
    for (const check of waiting) check();
  });
  const when = (test: (event: ListeningEvent) => boolean) =>
    new Promise<ListeningEvent>((resolve) => {
      const check = (): void => {
        const found = events.find((event) => test(event));
        if (!found) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  return {
    stream,
    events,
    silentUntil: async (atMs) => void (await when((event) => event.type === 'still_silent' && event.atMs >= atMs)),
    wait: async (type) => (await when((event) => event.type === type)) as Extract<ListeningEvent, { type: typeof type }>,
  };
}

/** Without guesses at a pause after which somebody went on: how many of them there are is a matter of the clip. */
function kinds(device: Device): string[] {
  const types = device.events.map(({ type }) => type).filter((type) => type !== 'still_silent');
  return types.filter((type, i) => !(type === 'piece' && types[i + 1] === 'speech_resumed') && type !== 'speech_resumed');
}

/** In bursts of 40, as a device sends after a stall (checklist 42). */
async function pushInBursts(stream: ListeningStream, packets: readonly Uint8Array[]): Promise<void> {
  for (let at = 0; at < packets.length; at += 40) {
    for (const packet of packets.slice(at, at + 40)) stream.push(packet);
    await sleep(systemClock, 0);
  }
}

/** What an event says, without its audio: short enough to be printed when it differs. */
function summary(event: ListeningEvent): unknown {
  return event.type === 'piece' ? { ...event, pcm: event.pcm.reduce((hash, sample) => (Math.imul(hash, 31) + sample) | 0, event.pcm.length) } : event;
}

/** Where the sound of a clip is, found without the detector: from 1 to 99 per cent of its energy, in ms. */
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

  it('hears many devices at once as it hears each alone', { timeout: 30_000 }, async () => {
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
    for (const [i, events] of together.entries()) expect(events.map(summary)).toEqual(alone[i % alone.length]?.map(summary));
  });

  it('catches up with a burst of 40 packets in under 500 ms', async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 300 });
    // 2.4 s that hold the end of an utterance.
    const packets = devicePackets(concat(clip('austen-0880').subarray(1200 * 16), silence(1000))).slice(0, 40);
    const startMs = systemClock.nowMs();
    for (const packet of packets) device.stream.push(packet);
    await device.wait('utterance_ended');
    expect(systemClock.nowMs() - startMs).toBeLessThan(500);
    device.stream.close();
  });

  it('keeps up with real packets in real time, without an event late by more than a few packets', async () => {
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

  it('hears nothing in silence, DTX and 40 s of noise, and is still there', { timeout: 30_000 }, async () => {
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

  it('spends no inference on DTX', async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, devicePackets(clip('austen-0880').subarray(0, 16_000)));
    for (let i = 0; i < 30; i++) device.stream.push(Uint8Array.of(0x58));
    device.stream.finish(1);
    const before = counted.get('chorus_vad_windows_total') ?? 0;
    await device.wait('utterance_ended');
    // At most what was heard before the DTX: 17 packets.
    expect((counted.get('chorus_vad_windows_total') ?? 0) - before).toBeLessThanOrEqual(33);
    device.stream.close();
  });

  it('counts packets that do not decode, and hears the rest', async () => {
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

  it('drops the oldest packets over its bound, and counts them', async () => {
    const device = open();
    const before = counted.get('chorus_uplink_dropped_total') ?? 0;
    device.stream.begin({ turnId: 1, mode: 'manual', endpointSilenceMs: 0 });
    for (let i = 0; i < QUEUE_PACKETS + DROPPED_ON_PURPOSE; i++) device.stream.push(Uint8Array.of(0x58));
    device.stream.finish(1);
    expect((await device.wait('utterance_ended')).decidedMs).toBe(QUEUE_PACKETS * 60);
    expect((counted.get('chorus_uplink_dropped_total') ?? 0) - before).toBe(DROPPED_ON_PURPOSE);
    device.stream.close();
  });

  it('push to talk: hears the frames that come just after the button was let go (checklist 38)', async () => {
    const device = open();
    device.stream.begin({ turnId: 3, mode: 'manual', endpointSilenceMs: 0 });
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

  it('ignores audio before a turn, of an ended turn, and starts a turn anew (checklist 34, 40)', async () => {
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

  it('does not keep the buffer of its caller', async () => {
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

describe('a listening process that fails', () => {
  const speak = devicePackets(concat(silence(300), clip('austen-0880'), silence(1000)));
  const firstWord = 300 / 60;
  let inner: Scope;
  /** A new one for each test: three deaths within a minute would be a pause. */
  let mortal: ListeningService;
  let undisturbed: readonly ListeningEvent[];

  beforeAll(async () => {
    const device = open();
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, speak);
    await device.wait('utterance_ended');
    device.stream.close();
    undisturbed = device.events;
  });
  beforeEach(async () => {
    inner = scope.child('mortal');
    mortal = createListening({ clock: systemClock, log: silentLogger, metrics, scope: inner, queuePackets: QUEUE_PACKETS });
    await mortal.start();
  });
  afterEach(() => inner.close());

  const said = async (packets: number, noticed: 'speech_started' | 'still_silent' = 'speech_started'): Promise<Device> => {
    const device = open(mortal);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    for (const packet of speak.slice(0, packets)) device.stream.push(packet);
    await device.wait(noticed);
    return device;
  };
  const restarted = (): Promise<void> => vi.waitFor(() => expect(mortal.status()).toMatchObject({ state: 'ready', restarts: 1 }), { timeout: 10_000, interval: 5 });
  /** The last that was told of the utterance, and nothing else. */
  const whole = (events: readonly ListeningEvent[]): unknown => [events.findLast(({ type }) => type === 'piece'), events.at(-1)].map((event) => event && summary(event));

  it.each([
    { when: 'before it has noticed that somebody speaks', packets: firstWord + 6, noticed: 'still_silent' },
    { when: 'in mid-utterance', packets: 25, noticed: 'speech_started' },
    { when: 'in mid-utterance, and there again before the next word', packets: 25, noticed: 'speech_started', pause: true },
  ] as const)('killed $when: the utterance is heard from its first word to the last', async ({ packets, noticed, ...rest }) => {
    const device = await said(packets, noticed);
    process.kill(mortal.status().pid ?? 0, 'SIGKILL');
    expect(kinds(device)).toEqual(noticed === 'still_silent' ? [] : ['speech_started']);
    if ('pause' in rest) await restarted();
    await pushInBursts(device.stream, speak.slice(packets));
    await device.wait('utterance_ended');
    expect(mortal.status()).toMatchObject({ state: 'ready', restarts: 1 });
    expect(device.events.map(({ type }) => type)).not.toContain('lost');
    expect(whole(device.events)).toEqual(whole(undisturbed));
  });

  it('killed twice in one utterance: it is lost, and the next one is heard', async () => {
    const device = await said(25);
    process.kill(mortal.status().pid ?? 0, 'SIGKILL');
    await restarted();
    // Sent again, and taken over.
    await vi.waitFor(() => expect(device.events.filter(({ type }) => type === 'speech_started')).toHaveLength(2), { timeout: 10_000, interval: 5 });
    process.kill(mortal.status().pid ?? 0, 'SIGKILL');
    expect(await device.wait('lost')).toEqual({ type: 'lost', turnId: 1 });
    device.stream.begin({ turnId: 2, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, speak);
    expect(await device.wait('utterance_ended')).toMatchObject({ turnId: 2, pieces: 1 });
  });

  it('killed, and the next one before it was ready: only one has heard the utterance, and the third hears it whole', async () => {
    const clock = new FakeClock();
    const unlucky = createListening({ clock, log: silentLogger, metrics, scope: inner, queuePackets: QUEUE_PACKETS });
    await unlucky.start();
    const killed = async (restarts: number): Promise<void> => {
      process.kill(unlucky.status().pid ?? 0, 'SIGKILL');
      await vi.waitFor(() => expect(unlucky.status()).toMatchObject({ state: 'restarting', restarts }), { timeout: 10_000, interval: 5 });
    };
    const device = open(unlucky);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    for (const packet of speak.slice(0, 25)) device.stream.push(packet);
    await clock.advance(20);
    await device.wait('speech_started');
    // For the tick that is due when there is no process any more.
    for (const packet of speak.slice(25, 27)) device.stream.push(packet);
    await killed(1);
    await clock.advance(50);
    await killed(2);
    await clock.advance(50);
    await vi.waitFor(() => expect(unlucky.status().state).toBe('ready'), { timeout: 10_000, interval: 5 });
    for (const packet of speak.slice(27)) device.stream.push(packet);
    await vi.waitFor(
      async () => {
        await clock.advance(20);
        expect(device.events.at(-1)?.type).toMatch(/utterance_ended|lost/);
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(device.events.map(({ type }) => type)).not.toContain('lost');
    expect(whole(device.events)).toEqual(whole(undisturbed));
  });

  it('hung in mid-utterance: killed for it within 6 s, and the utterance is heard all the same', async () => {
    const device = await said(25);
    const { pid = 0 } = mortal.status();
    process.kill(pid, 'SIGSTOP');
    const startMs = systemClock.nowMs();
    await pushInBursts(device.stream, speak.slice(25));
    await vi.waitFor(() => expect(mortal.status().restarts).toBe(1), { timeout: 10_000, interval: 5 });
    expect(systemClock.nowMs() - startMs).toBeLessThan(6000);
    await device.wait('utterance_ended');
    expect(whole(device.events)).toEqual(whole(undisturbed));
  });
});

describe('a listening process that is not there yet', () => {
  it('is waited for: 24 s said before it was started are heard from the first word to the last', async () => {
    const inner = scope.child('early');
    const early = createListening({ clock: systemClock, log: silentLogger, metrics, scope: inner });
    const [first, second] = [open(early), open(early)];
    const said = devicePackets(concat(silence(300), clip('austen-0880'), silence(19_000), clip('austen-0880'), silence(1000)));
    for (const { stream } of [first, second]) {
      stream.begin({ turnId: 1, mode: 'manual', endpointSilenceMs: 0 });
      for (const packet of said) stream.push(packet);
      stream.finish(1);
    }
    second.stream.close();
    await early.start();
    const ended = await first.wait('utterance_ended');
    expect(ended.speechEndMs).toBeGreaterThan(21_000);
    expect((await first.wait('speech_started')).atMs).toBeLessThan(2000);
    expect(kinds(second)).toEqual([]);
    await inner.close();
  });

  it('that cannot be started is told of, to whoever waited and to whoever comes', async () => {
    const inner = scope.child('deaf');
    const deaf = createListening({ clock: systemClock, log: silentLogger, metrics, scope: inner, modelPath: '/nowhere/silero.onnx' });
    const device = open(deaf);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await expect(deaf.start()).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(await device.wait('lost')).toEqual({ type: 'lost', turnId: 1, unavailable: true });
    device.stream.begin({ turnId: 2, mode: 'auto', endpointSilenceMs: 600 });
    const next = open(deaf);
    next.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    expect(await next.wait('lost')).toMatchObject({ unavailable: true });
    expect(device.events.at(-1)).toEqual({ type: 'lost', turnId: 2, unavailable: true });
    await inner.close();
  });

  it('and never comes is told of after 30 s', async () => {
    const clock = new FakeClock();
    const inner = scope.child('slow');
    const slow = createListening({ clock, log: silentLogger, metrics, scope: inner });
    const device = open(slow);
    await clock.advance(10_000);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await clock.advance(29_900);
    expect(device.events).toEqual([]);
    await clock.advance(1200);
    expect(device.events).toEqual([{ type: 'lost', turnId: 1, unavailable: true }]);
    await inner.close();
  });
});
