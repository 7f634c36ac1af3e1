import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { memoryServer, REPLY_PACKETS, type Fault } from '../../../test/fakes/fleet-server.js';
import type { FleetTransport } from './fleet-device.js';
import { runFleet } from './run-fleet.js';
import { CONVERSATION, FLEET_DEFAULTS, fleetOptions, type FleetOptions } from './run-options.js';
import type { FleetResult, FleetTurn } from './run-result.js';
import { planDevice } from './schedule.js';
import { loadSpeech } from './speech.js';

const speech = await loadSpeech();

/** The clock is fake, so the numbers are exact. */
async function run(
  options: Partial<FleetOptions>,
  faultOf: (device: number, turn: number) => Fault | undefined,
  firstPackets = new Map<string, number>(),
  behind: (transport: FleetTransport, clock: FakeClock) => FleetTransport = (transport) => transport,
): Promise<FleetResult> {
  const clock = new FakeClock();
  // The event loop is never idle on a fake clock, so its utilisation is not limited.
  const ownLimits = { ...FLEET_DEFAULTS.ownLimits, loopUtilisation: 1 };
  const all = fleetOptions({
    otaUrl: 'memory:',
    devices: 1,
    durationMs: 30_000,
    warmupMs: 0,
    workers: 0,
    ownLimits,
    ...options,
  });
  const plans = Array.from({ length: all.devices }, (_, device) => planDevice(all, speech, device));
  const transport = behind(
    memoryServer(clock, faultOf, (device, turn) => plans[device]?.turns[turn]?.utterance.text ?? '', firstPackets),
    clock,
  );
  const state = { done: false };
  const running = runFleet(all, { clock, signal: new AbortController().signal }, { speech, transport }).finally(
    () => (state.done = true),
  );
  while (!state.done) await clock.advance(1000);
  expect(clock.pending, 'timers left behind').toBeLessThanOrEqual(2);
  return running;
}

const calm = { ...CONVERSATION, bargeInShare: 0 };
const defects = (turn: FleetTurn): object => ({
  outcome: turn.outcome,
  underruns: turn.underruns,
  overflows: turn.overflows,
  lost: turn.lostPackets,
  violations: turn.violations?.map(({ kind }) => kind) ?? [],
  complete: turn.complete,
  errors: turn.words?.errors,
});
const FLAWLESS = {
  outcome: 'answered',
  underruns: [],
  overflows: 0,
  lost: 0,
  violations: [],
  complete: true,
  errors: 0,
};

describe('a perfect server', () => {
  it('shows no fault, for any framing and queue, with interruptions', async () => {
    const conversation = { ...CONVERSATION, bargeInShare: 0.5, bargeInAfter: { fromMs: 500, toMs: 1500 } };
    const result = await run({ devices: 12, queues: [40, 20, 5], durationMs: 60_000, conversation }, () => undefined);
    expect(result.turns.length).toBeGreaterThan(40);
    for (const turn of result.turns) expect(defects(turn)).toEqual(FLAWLESS);
    expect(result).toMatchObject({ valid: true, reasons: [] });
    expect(result.totals).toMatchObject({
      underruns: 0,
      overflows: 0,
      violations: {},
      stuck: 0,
      unasked: 0,
      notStarted: 0,
      rejected: 0,
      lateTurns: 0,
      words: { errors: 0, rate: 0 },
    });
    expect(result.totals.aborts).toBeGreaterThan(10);
    expect(result.totals.stopAfterAbortMs).toMatchObject({ max: 20 });
    expect(result.devices.every(({ connections, lostConnections }) => connections === 1 && lostConnections === 0)).toBe(
      true,
    );
    expect(result.totals.fairness).toBeGreaterThan(0.98);
    // The server sends five packets ahead of time.
    expect(result.totals.minLeadMs).toMatchObject({ min: 300, max: 300 });
  });
});

describe('a bad server', () => {
  const FAULTS: readonly (Fault | undefined)[] = [
    { kind: 'late_packet', packet: 20, byMs: 180 },
    { kind: 'overflow', packets: 60 },
    { kind: 'no_stop' },
    { kind: 'wrong_framing', packet: 7 },
    { kind: 'slow_answer', byMs: 3000 },
    { kind: 'long_packet', packet: 9 },
    { kind: 'early_audio' },
    { kind: 'mishears', words: 3 },
    { kind: 'no_answer' },
    { kind: 'hangs_up', packet: 30 },
    { kind: 'slow_hello', byMs: 2500 },
    undefined,
  ];

  it('is caught in each fault with the right numbers, and shows no other fault', async () => {
    const sent = new Map<string, number>();
    const result = await run(
      { devices: FAULTS.length, framings: [2], conversation: calm, answerTimeoutMs: 8000 },
      (device, turn) => (turn === 0 ? FAULTS[device] : undefined),
      sent,
    );
    const first = (device: number): FleetTurn =>
      result.turns.find((turn) => turn.device === device && turn.turn === 0)!;
    const second = (device: number): FleetTurn =>
      result.turns.find((turn) => turn.device === device && turn.turn === 1)!;
    const endOfSpeechAt = ({ startedAt, speech: name }: FleetTurn): number =>
      startedAt! + speech.utterances.find((utterance) => utterance.name === name)!.clip.speechEndMs;

    expect(defects(first(0))).toEqual({ ...FLAWLESS, underruns: [{ afterMs: 20 * 60, ms: 180 }] });
    expect(first(0).minLeadMs).toBe(-180);
    // 40 packets are in the queue, two are decoded and two are in the output.
    expect(first(1)).toMatchObject({ outcome: 'answered', complete: false, packets: REPLY_PACKETS + 60 });
    expect(first(1).overflows).toBeGreaterThan(20);
    expect(first(1).packets - first(1).overflows).toBeLessThanOrEqual(REPLY_PACKETS + 40 + 4);
    expect(defects(first(2))).toEqual({ ...FLAWLESS, outcome: 'stuck', complete: false });
    expect(first(2).packets).toBe(REPLY_PACKETS);
    expect(defects(first(3))).toMatchObject({ outcome: 'answered', violations: ['wrong_framing'] });
    expect(first(3).packets).toBe(REPLY_PACKETS - 1);
    expect(defects(first(4))).toEqual(FLAWLESS);
    expect(first(4).firstSoundMs).toBeGreaterThan(3500);
    expect(defects(first(5))).toEqual({ ...FLAWLESS, lost: 1, violations: ['wrong_duration'], complete: false });
    expect(first(6)).toMatchObject({ lostPackets: 1, complete: false, violations: [{ kind: 'audio_too_early' }] });
    expect(first(7).words).toMatchObject({ errors: 3 });
    expect(first(8)).toMatchObject({ outcome: 'no_answer', packets: 0, complete: false });
    expect(first(9)).toMatchObject({ outcome: 'closed', packets: 30, complete: false });
    expect(result.devices[9]).toMatchObject({ lostConnections: 1, connections: 2 });
    expect(result.devices[10]!.helloMs).toBeGreaterThanOrEqual(2500);
    expect(result.devices[10]!.helloMs).toBeLessThan(2520);
    expect(defects(first(11))).toEqual(FLAWLESS);

    for (const turn of result.turns) {
      const atMs = sent.get(`${turn.device}/${turn.turn}`);
      if (turn.outcome === 'no_answer' || turn.outcome === 'not_started') expect(atMs).toBeUndefined();
      else
        expect(endOfSpeechAt(turn) + turn.firstPacketMs!, `device ${turn.device} turn ${turn.turn}`).toBeCloseTo(
          atMs!,
          0,
        );
    }
    for (const device of FAULTS.keys())
      expect(defects(second(device)), `second turn of device ${device}`).toEqual(FLAWLESS);
    expect(result.totals).toMatchObject({
      stuck: 1,
      underruns: 1,
      underrunMs: 180,
      overflows: first(1).overflows,
      outcomes: { stuck: 1, no_answer: 1, closed: 1 },
      violations: { wrong_framing: 1, wrong_duration: 1, audio_too_early: 1 },
      words: { errors: 3 + first(8).words!.said },
    });
  });

  it('that ignores abort shows the number of packets after the interruption', async () => {
    const conversation = { ...CONVERSATION, bargeInShare: 1, bargeInAfter: { fromMs: 1000, toMs: 1000 } };
    const result = await run({ devices: 4, conversation, durationMs: 20_000 }, (device) =>
      device === 0 ? { kind: 'deaf_to_abort', packets: 4 } : undefined,
    );
    for (const { device, abort, violations } of result.turns) {
      expect(abort?.packetsAfter, `device ${device}`).toBe(device === 0 ? 4 : abort?.packetsAfter);
      if (device === 0) {
        expect(violations?.map(({ kind }) => kind)).toEqual(['audio_after_abort']);
        expect(abort?.stopMs).toBe(340);
      } else {
        expect(abort?.packetsAfter).toBeLessThanOrEqual(1);
        expect(violations).toBeUndefined();
      }
    }
  });
});

describe('devices that stay connected and say nothing', () => {
  const closesAfter =
    (ms: number) =>
    (transport: FleetTransport, clock: FakeClock): FleetTransport => ({
      ...transport,
      openChannel(options) {
        const channel = transport.openChannel!(options);
        const timer = clock.after(ms, () => {
          channel.drop();
          options.onClosed(undefined);
        });
        return {
          ...channel,
          sendText: (text) => channel.sendText(text),
          sendBinary: (message) => channel.sendBinary(message),
          drop: () => (timer.cancel(), channel.drop()),
        };
      },
    });

  it('idle: stay connected without sending a packet, and reconnect after the server closes', async () => {
    const result = await run(
      { devices: 3, scenario: 'idle', warmupMs: 10_000, durationMs: 50_000 },
      () => undefined,
      undefined,
      closesAfter(20_000),
    );
    expect(result.totals).toMatchObject({ turns: 0, unasked: 0, violations: {} });
    // The microphone sends what it still has when the button is released.
    expect(result.own.sendLateness.count).toBeLessThanOrEqual(3 * 3 * 3);
    // The server closes each connection after 20 s, and devices check every 5 s. The number of connections in a minute
    // depends on the boot time.
    for (const { connections, lostConnections } of result.devices) {
      expect(lostConnections).toBeGreaterThanOrEqual(2);
      expect(connections).toBeGreaterThanOrEqual(lostConnections);
    }
    expect(Math.max(...result.seconds.map(({ connected }) => connected))).toBe(3);
  });

  it('silent: send a packet of silence every 60 ms', async () => {
    const result = await run({ devices: 3, scenario: 'silent', warmupMs: 10_000, durationMs: 20_000 }, () => undefined);
    expect(result.own.sendLateness.count).toBeGreaterThan((3 * 20_000) / 60 - 10);
  });
});

describe('the plan of a run', () => {
  it('still begins a turn that was due before the end up to a second late, but not later', async () => {
    const second = async (byMs: number, durationMs: number): Promise<FleetTurn> => {
      const { turns } = await run({ conversation: calm, durationMs }, (_, turn) =>
        turn === 0 ? { kind: 'slow_answer', byMs } : undefined,
      );
      return turns.find(({ turn }) => turn === 1)!;
    };
    const { dueAt, startedAt } = await second(6000, 60_000);
    const punctualByMs = 6000 - (startedAt! - dueAt);
    expect(await second(punctualByMs + 900, dueAt + 100)).toMatchObject({ outcome: 'answered', complete: true, dueAt });
    expect(await second(punctualByMs + 1400, dueAt + 100)).toMatchObject({ outcome: 'not_started', dueAt });
  });

  it('is not delayed by a slow server, whose turns begin as late as the server is slow', async () => {
    const quick = await run({ devices: 3, conversation: calm, durationMs: 60_000 }, () => undefined);
    const slow = await run({ devices: 3, conversation: calm, durationMs: 60_000 }, () => ({
      kind: 'slow_answer',
      byMs: 6000,
    }));
    const key = ({ device, turn, plannedAt, dueAt, speech }: FleetTurn): string =>
      JSON.stringify([device, turn, plannedAt, dueAt, speech]);
    const common = (result: FleetResult): string[] => result.turns.map(key).sort();
    expect(common(slow)).toEqual(common(quick));
    expect(quick.totals).toMatchObject({ lateTurns: 0, notStarted: 0 });
    expect(slow.totals.lateTurns).toBeGreaterThan(3);
    expect(slow.totals.notStarted).toBeGreaterThan(0);
    // The server answers six seconds late, and a turn has three to spare. So each turn is later than the one before.
    const late = slow.turns
      .filter(({ device, lateMs }) => device === 0 && lateMs !== undefined)
      .map(({ lateMs }) => lateMs!);
    expect(late.length).toBeGreaterThan(2);
    expect([...late].sort((a, b) => a - b)).toEqual(late);
    for (const { firstSoundMs, firstSoundFromDueMs, lateMs } of slow.turns) {
      if (firstSoundMs !== undefined) expect(firstSoundFromDueMs).toBeCloseTo(firstSoundMs + lateMs!, 1);
    }
  });
});
