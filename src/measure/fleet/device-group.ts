import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { isCancelled, type Clock } from '../../core/index.js';
import { PlannedDevice, type FleetTransport } from './fleet-device.js';
import { DelayHistogram } from '../statistics.js';
import type { FleetOptions } from './run-options.js';
import type { FleetDevice, FleetSecond, FleetTurn } from './run-result.js';
import { planDevice, plannedEndMs } from './schedule.js';
import type { SpeechLibrary } from './speech.js';
import { Standstills } from './standstills.js';
import { TickClock } from './tick-clock.js';

/** One second of one worker. `atS` is the number of the second that has ended, counted from 0. */
export interface GroupSecond extends Omit<FleetSecond, 'leadMinMs' | 'leadMedianMs' | 'completed' | 'failed'> {
  /** For each device that got a packet, the least sound that was buffered in the device. */
  readonly leadsMs: readonly number[];
  readonly turns: readonly FleetTurn[];
}

export interface GroupReport {
  readonly devices: readonly FleetDevice[];
  readonly sendLateness: { readonly counts: readonly number[]; readonly maxMs: number };
  readonly loopDelay: { readonly counts: readonly number[]; readonly maxMs: number };
  /** CPU time of the counted part. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly rssBytes: number;
  /** Busy share of the event loop, 0 to 1. */
  readonly loopUtilisation: number;
  readonly longestStandstillMs: number;
}

export interface GroupOptions {
  readonly run: FleetOptions;
  readonly speech: SpeechLibrary;
  /** First device of the group. The group ends before device `to`. */
  readonly from: number;
  readonly to: number;
  readonly clock: Clock;
  readonly transport: FleetTransport;
  readonly onSecond: (second: GroupSecond) => void;
}

/** A turn may begin at the planned end. Its speech and reply need this time, beside the wait for the answer. */
const GRACE_MS = 60_000;

/** Runs the devices in this process until their plans are done. Rejects with the signal's reason. */
export async function runGroup(options: GroupOptions, signal: AbortSignal): Promise<GroupReport> {
  const { run, speech } = options;
  const meter = new GroupMeter();
  const clock = new TickClock(options.clock, (latenessMs, nowMs) => meter.tick(latenessMs, nowMs));
  const zeroMs = clock.nowMs();
  const devices = Array.from(
    { length: options.to - options.from },
    (_, at) =>
      new PlannedDevice({
        run,
        plan: planDevice(run, speech, options.from + at),
        clock,
        zeroMs,
        transport: options.transport,
        room: speech.room,
        onTurn: (turn) => meter.turns.push(turn),
        onGap: () => (meter.underruns += 1),
        standstillMs: (fromMs, toMs) => meter.standstills.longestIn(fromMs, toMs),
        onOverflow: () => (meter.overflows += 1),
        onSent: (latenessMs) => meter.sent.add(latenessMs),
      }),
  );
  const controller = new AbortController();
  // Every device listens to the signal, and Node would warn of too many listeners.
  setMaxListeners(0, controller.signal);
  const stop = (): void => {
    controller.abort(signal.reason);
    // Devices in the middle of a turn do not check the signal.
    for (const { device } of devices) device.giveUp();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  let second = 0;
  const everySecond = (): void => {
    options.onSecond(meter.second(second, devices, clock.nowMs()));
    second += 1;
    clock.after(zeroMs + (second + 1) * 1000 - clock.nowMs(), everySecond);
  };
  clock.after(1000, everySecond);
  clock.after(run.warmupMs, () => meter.countFromHere(clock.nowMs()));
  // After the planned end, turns in progress only come to their end. Counting this quiet time would make the fleet look
  // too cheap.
  clock.after(plannedEndMs(run), () => meter.countUntilHere(clock.nowMs()));
  const deadline = clock.after(plannedEndMs(run) + run.answerTimeoutMs + GRACE_MS, stop);
  try {
    await Promise.all(devices.map((device) => runToItsEnd(device, controller.signal)));
    signal.throwIfAborted();
    options.onSecond(meter.second(second, devices, clock.nowMs()));
    meter.countUntilHere(clock.nowMs());
    return meter.report(() => {
      for (const device of devices) device.close();
      return devices.map((device) => device.summary(run.durationMs));
    });
  } finally {
    deadline.cancel();
    signal.removeEventListener('abort', stop);
    for (const device of devices) device.close();
    clock.close();
  }
}

async function runToItsEnd(device: PlannedDevice, signal: AbortSignal): Promise<void> {
  try {
    await device.run(signal);
  } catch (error) {
    if (!signal.aborted && !isCancelled(error)) throw error;
  }
}

class GroupMeter {
  readonly sent = new DelayHistogram();
  readonly #loop = new DelayHistogram();
  readonly standstills = new Standstills();
  turns: FleetTurn[] = [];
  overflows = 0;
  underruns = 0;
  #loopDelayMaxMs = 0;
  #cpu = process.cpuUsage();
  #utilisation = performance.eventLoopUtilization();
  #fromMs: number | undefined;
  #counted: Pick<GroupReport, 'cpuMs' | 'wallMs' | 'loopUtilisation'> | undefined;

  tick(latenessMs: number, nowMs: number): void {
    this.#loop.add(latenessMs);
    this.standstills.tick(latenessMs, nowMs);
    if (latenessMs > this.#loopDelayMaxMs) this.#loopDelayMaxMs = latenessMs;
  }

  countFromHere(nowMs: number): void {
    this.sent.clear();
    this.#loop.clear();
    this.standstills.clear();
    this.#cpu = process.cpuUsage();
    this.#utilisation = performance.eventLoopUtilization();
    this.#fromMs = nowMs;
  }

  second(atS: number, devices: readonly PlannedDevice[], nowMs: number): GroupSecond {
    const phases = { talking: 0, waiting: 0, playing: 0 };
    let connected = 0;
    const leadsMs: number[] = [];
    for (const device of devices) {
      const sample = device.sample(nowMs);
      if (sample.connected) connected += 1;
      if (sample.phase) phases[sample.phase] += 1;
      if (sample.leadMinMs !== undefined) leadsMs.push(sample.leadMinMs);
    }
    const second = {
      atS,
      connected,
      ...phases,
      activeTurns: phases.talking + phases.waiting + phases.playing,
      leadsMs,
      underruns: this.underruns,
      overflows: this.overflows,
      loopDelayMaxMs: this.#loopDelayMaxMs,
      turns: this.turns,
    };
    this.turns = [];
    this.underruns = 0;
    this.overflows = 0;
    this.#loopDelayMaxMs = 0;
    return second;
  }

  /** Only the first call counts. */
  countUntilHere(nowMs: number): void {
    if (this.#counted) return;
    const { user, system } = process.cpuUsage(this.#cpu);
    const { utilization } = performance.eventLoopUtilization(this.#utilisation);
    this.#counted = {
      cpuMs: (user + system) / 1000,
      wallMs: nowMs - (this.#fromMs ?? nowMs),
      loopUtilisation: utilization,
    };
  }

  report(devices: () => readonly FleetDevice[]): GroupReport {
    return {
      ...(this.#counted ?? { cpuMs: 0, wallMs: 0, loopUtilisation: 0 }),
      rssBytes: process.memoryUsage.rss(),
      sendLateness: { counts: this.sent.counts, maxMs: this.sent.maxMs },
      loopDelay: { counts: this.#loop.counts, maxMs: this.#loop.maxMs },
      longestStandstillMs: this.standstills.longestMs,
      devices: devices(),
    };
  }
}
