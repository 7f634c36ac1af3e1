import { systemClock } from '../src/core/index.js';
import {
  fleetIdentity,
  SimulatedDevice,
  wordErrorRate,
  type SimulatedDeviceOptions,
  type DeviceTurn,
} from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { createSampler } from '../src/platform/machine/index.js';
import type { SpokenClip } from './clips.js';
import { atMost, type Line } from './results.js';
import type { ServerUnderTest } from './servers.js';

/** Queue sizes, each with a firmware version that has it (docs/protocol.md 4.3). */
const DEVICES = [
  { queuePackets: 40, firmware: '2.4.2' },
  { queuePackets: 20, firmware: '2.5.0' },
  { queuePackets: 5, firmware: '1.5.0' },
];

export interface Turn {
  readonly clip: SpokenClip;
  readonly record: DeviceTurn;
}

/** `index` also selects the size of the playback queue. */
export async function bootDevice(
  server: ServerUnderTest,
  index: number,
  options: Partial<SimulatedDeviceOptions> = {},
): Promise<SimulatedDevice> {
  const kind = DEVICES[index % DEVICES.length] ?? { queuePackets: 40, firmware: '2.4.2' };
  const { localToken } = server;
  const device = new SimulatedDevice({
    otaUrl: server.otaUrl,
    identity: fleetIdentity(index, 'en-US', kind.firmware),
    clock: systemClock,
    queuePackets: kind.queuePackets,
    ...(localToken === undefined ? {} : { localToken }),
    ...options,
  });
  await device.boot(AbortSignal.timeout(30_000));
  return device;
}

/**
 * Lets a device talk for the given time or number of turns. It presses the button unless the device already listens
 * after its last reply.
 */
export async function talk(
  server: ServerUnderTest,
  index: number,
  clips: readonly SpokenClip[],
  until: { readonly durationMs?: number; readonly turns?: number },
): Promise<Turn[]> {
  const device = await bootDevice(server, index);
  const turns: Turn[] = [];
  const startMs = systemClock.nowMs();
  for (
    let n = 0;
    n < (until.turns ?? Infinity) && systemClock.nowMs() - startMs < (until.durationMs ?? Infinity);
    n++
  ) {
    const clip = clips[(n + index) % clips.length];
    if (!clip) break;
    turns.push({ clip, record: await device.say(clip.clip, { begin: 'click' }) });
  }
  device.close();
  return turns;
}

/** Times from the end of speech to the first sound. Turns without sound are left out. */
export function sounds(turns: readonly Turn[]): number[] {
  return turns.flatMap(({ record }) => record.timeline.firstSoundMs ?? []);
}

export function p50AndP95(values: readonly number[]): string {
  return `${percentile(values, 0.5).toFixed(0)} / ${percentile(values, 0.95).toFixed(0)} ms (${values.length} turns)`;
}

/** Result lines whose limits apply to every conversation. */
export function judge(turns: readonly Turn[]): Line[] {
  const answered = turns.filter(({ record }) => record.outcome === 'answered').length;
  const sum = (of: (record: DeviceTurn) => number): number =>
    turns.reduce((total, { record }) => total + of(record), 0);
  const perClip = new Map<string, { errors: number; words: number }>();
  for (const { clip, record } of turns) {
    const rate = wordErrorRate(clip.text, record.heard ?? '');
    const so = perClip.get(clip.name) ?? { errors: 0, words: 0 };
    perClip.set(clip.name, { errors: so.errors + rate.errors, words: so.words + rate.words });
  }
  const rates = [...perClip.values()];
  const all = rates.reduce(
    (total, { errors, words }) => ({ errors: total.errors + errors, words: total.words + words }),
    { errors: 0, words: 0 },
  );
  return [
    { what: 'turns answered', value: `${answered} of ${turns.length}`, holds: answered === turns.length },
    atMost(
      'underruns',
      sum((record) => record.underruns),
      0,
      '',
    ),
    atMost(
      'overflows',
      sum((record) => record.overflows),
      0,
      '',
    ),
    atMost(
      'violations of the protocol',
      sum((record) => record.violations.length),
      0,
      '',
    ),
    atMost('word errors, worst clip', 100 * Math.max(...rates.map(({ errors, words }) => errors / words)), 15, '%', 1),
    atMost('word errors, all clips', (100 * all.errors) / all.words, 8, '%', 1),
  ];
}

/** Proportional set size of all processes of the server. */
export async function megabytes(server: ServerUnderTest): Promise<number> {
  const { processes } = await createSampler({ rootPid: server.pid, clock: systemClock }).sample();
  return processes.reduce((total, { pssBytes }) => total + (pssBytes ?? 0), 0) / 2 ** 20;
}

export async function cpuSeconds(server: ServerUnderTest): Promise<number> {
  return (await createSampler({ rootPid: server.pid, clock: systemClock, pssEveryMs: false }).sample())
    .processCpuSeconds;
}
