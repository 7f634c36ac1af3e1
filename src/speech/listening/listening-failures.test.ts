import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Device, kinds, openDevice, pushInBursts, summary } from '../../../test/fixtures/listening-device.js';
import { clip, concat, devicePackets, silence } from '../../../test/fixtures/speech.js';
import { Scope, silentLogger, systemClock } from '../../core/index.js';
import { type ListeningEvent, type ListeningService, createListening } from './index.js';

const scope = new Scope('test', (name, error) => {
  throw new Error(`${name}: ${String(error)}`);
});
const metrics = new CountingMetrics();
/** The tests send faster than real time, so a short queue could drop packets. */
const QUEUE_PACKETS = 400;

afterAll(async () => {
  expect(metrics.counts['chorus_uplink_dropped_total']).toBeUndefined();
  await scope.close();
  expect(scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
});

describe('a listening process that fails', () => {
  const speak = devicePackets(concat(silence(300), clip('austen-0880'), silence(1000)));
  const firstWord = 300 / 60;
  let inner: Scope;
  /** Each test starts its own process, because three deaths within a minute would cause a pause. */
  let mortal: ListeningService;
  let undisturbed: readonly ListeningEvent[];

  beforeAll(async () => {
    const calm = scope.child('calm');
    const untouched = createListening({
      clock: systemClock,
      log: silentLogger,
      metrics,
      scope: calm,
      queuePackets: QUEUE_PACKETS,
    });
    await untouched.start();
    const device = openDevice(untouched);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, speak);
    await device.wait('utterance_ended');
    undisturbed = device.events;
    await calm.close();
  });
  beforeEach(async () => {
    inner = scope.child('mortal');
    mortal = createListening({
      clock: systemClock,
      log: silentLogger,
      metrics,
      scope: inner,
      queuePackets: QUEUE_PACKETS,
    });
    await mortal.start();
  });
  afterEach(() => inner.close());

  const said = async (
    packets: number,
    noticed: 'speech_started' | 'still_silent' = 'speech_started',
  ): Promise<Device> => {
    const device = openDevice(mortal);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    for (const packet of speak.slice(0, packets)) device.stream.push(packet);
    await device.wait(noticed);
    return device;
  };
  const restarted = (): Promise<void> =>
    vi.waitFor(() => expect(mortal.status()).toMatchObject({ state: 'ready', restarts: 1 }), {
      timeout: 10_000,
      interval: 5,
    });
  const whole = (events: readonly ListeningEvent[]): unknown =>
    [events.findLast(({ type }) => type === 'piece'), events.at(-1)].map((event) => event && summary(event));

  it.each([
    { when: 'before it has noticed that somebody speaks', packets: firstWord + 6, noticed: 'still_silent' },
    { when: 'in mid-utterance', packets: 25, noticed: 'speech_started' },
    {
      when: 'in mid-utterance, and there again before the next word',
      packets: 25,
      noticed: 'speech_started',
      pause: true,
    },
  ] as const)(
    'killed $when: the utterance is reported from its first word to its last',
    async ({ packets, noticed, ...rest }) => {
      const device = await said(packets, noticed);
      process.kill(mortal.status().pid ?? 0, 'SIGKILL');
      expect(kinds(device)).toEqual(noticed === 'still_silent' ? [] : ['speech_started']);
      if ('pause' in rest) await restarted();
      await pushInBursts(device.stream, speak.slice(packets));
      await device.wait('utterance_ended');
      expect(mortal.status()).toMatchObject({ state: 'ready', restarts: 1 });
      expect(device.events.map(({ type }) => type)).not.toContain('lost');
      expect(whole(device.events)).toEqual(whole(undisturbed));
    },
  );

  it('loses an utterance in which it is killed twice, and detects the next utterance', async () => {
    const device = await said(25);
    process.kill(mortal.status().pid ?? 0, 'SIGKILL');
    await restarted();
    await vi.waitFor(() => expect(device.events.filter(({ type }) => type === 'speech_started')).toHaveLength(2), {
      timeout: 10_000,
      interval: 5,
    });
    process.kill(mortal.status().pid ?? 0, 'SIGKILL');
    expect(await device.wait('lost')).toEqual({ type: 'lost', turnId: 1 });
    device.stream.begin({ turnId: 2, mode: 'auto', endpointSilenceMs: 600 });
    await pushInBursts(device.stream, speak);
    expect(await device.wait('utterance_ended')).toMatchObject({ turnId: 2, pieces: 1 });
  });

  it('still delivers the whole utterance if it is killed twice, the second time before it is ready', async () => {
    const clock = new FakeClock();
    const unlucky = createListening({ clock, log: silentLogger, metrics, scope: inner, queuePackets: QUEUE_PACKETS });
    await unlucky.start();
    const killed = async (restarts: number): Promise<void> => {
      process.kill(unlucky.status().pid ?? 0, 'SIGKILL');
      await vi.waitFor(() => expect(unlucky.status()).toMatchObject({ state: 'restarting', restarts }), {
        timeout: 10_000,
        interval: 5,
      });
    };
    const device = openDevice(unlucky);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    for (const packet of speak.slice(0, 25)) device.stream.push(packet);
    await clock.advance(20);
    await device.wait('speech_started');
    // These packets belong to a tick that is sent only after the process has died.
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

  it('is killed within 6 s if it hangs during an utterance, and the utterance is still reported', async () => {
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

describe('a listening process that has not started', () => {
  it('makes a turn wait, and then analyses all of the 24 s spoken before', async () => {
    const inner = scope.child('early');
    const early = createListening({ clock: systemClock, log: silentLogger, metrics, scope: inner });
    const [first, second] = [openDevice(early), openDevice(early)];
    const said = devicePackets(
      concat(silence(300), clip('austen-0880'), silence(19_000), clip('austen-0880'), silence(1000)),
    );
    for (const { stream } of [first, second]) {
      stream.begin({ turnId: 1, mode: 'manual', endpointSilenceMs: Infinity });
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

  it('is reported to waiting turns and to new turns if it cannot be started', async () => {
    const inner = scope.child('deaf');
    const deaf = createListening({
      clock: systemClock,
      log: silentLogger,
      metrics,
      scope: inner,
      modelPath: '/nowhere/silero.onnx',
    });
    const device = openDevice(deaf);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await expect(deaf.start()).rejects.toMatchObject({ code: 'model.corrupt' });
    expect(await device.wait('lost')).toEqual({ type: 'lost', turnId: 1, unavailable: true });
    device.stream.begin({ turnId: 2, mode: 'auto', endpointSilenceMs: 600 });
    const next = openDevice(deaf);
    next.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    expect(await next.wait('lost')).toMatchObject({ unavailable: true });
    expect(device.events.at(-1)).toEqual({ type: 'lost', turnId: 2, unavailable: true });
    await inner.close();
  });

  it('is reported if it does not start within 30 s', async () => {
    const clock = new FakeClock();
    const inner = scope.child('slow');
    const slow = createListening({ clock, log: silentLogger, metrics, scope: inner });
    const device = openDevice(slow);
    await clock.advance(10_000);
    device.stream.begin({ turnId: 1, mode: 'auto', endpointSilenceMs: 600 });
    await clock.advance(29_900);
    expect(device.events).toEqual([]);
    await clock.advance(1200);
    expect(device.events).toEqual([{ type: 'lost', turnId: 1, unavailable: true }]);
    await inner.close();
  });
});
