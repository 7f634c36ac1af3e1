import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep, systemClock as clock } from '../src/core/index.js';
import { type FleetResult } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { type AcceptanceServer, startAcceptanceServer } from './servers.js';
import { atMost, report, type Line } from './results.js';
import { ServerWatch, type Look } from './server-watch.js';

interface Collected {
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
}

interface Level {
  readonly devices: number;
  readonly collected: Collected;
  readonly resident: Readonly<Record<string, number>>;
}

const COLLECT = new URL('heap-collect.mjs', import.meta.url).href;
/**
 * Number of devices that connect and leave before the measurement. The first connections allocate memory that is never
 * freed, which would otherwise count as the cost of a connection.
 */
const FIRST = 100;
const IDLE_STEP = 200;
const ARRIVE_MS = 15_000;
/** Pause after devices have arrived or left. */
const SETTLE_MS = 5000;
const LOOK_MS = 5000;
const TALKERS = [10, 30] as const;
/** Within this time all lengths of speech occur, so that the recognition process reaches its full size. */
const TALK_MS = 40_000;

/** Measures the memory of one connection, at 0, 200 and 400 idle devices and at 10 and 30 talking devices. */
export async function connections(what: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-bench-heap-'));
  const file = join(folder, 'collected.json');
  const acceptance = await startAcceptanceServer(
    [
      'max_concurrent_sessions=10000',
      'load.target=off',
      'session.idle_close_ms=119000',
      'session.idle_farewell_ms=110000',
    ],
    {
      execArgv: ['--expose-gc', '--import', COLLECT],
      env: { CHORUS_BENCH_COLLECTED: file },
    },
  );
  try {
    const watch = new ServerWatch(acceptance.server, acceptance.scope, { metrics: false });
    const level: LookAt = (devices) => look(acceptance, watch, file, devices);
    await acceptance.fleet({ scenario: 'steady', devices: 10, firstDevice: 0, warmupMs: 5000, durationMs: 15_000 });
    const idle = what === 'talking' ? undefined : await idleLevels(acceptance, level);
    const talking = what === 'idle' ? undefined : await talkingLevels(acceptance, level);
    await acceptance.stop();
    const name = idle && talking ? 'connections' : `connections-${what}`;
    return report(
      name,
      [
        ...(idle ? idleLines(idle.levels) : []),
        ...(talking ? talkingLines(talking.levels) : []),
        ...fleetLines([...(idle?.fleets ?? []), ...(talking?.fleets ?? [])]),
      ],
      { settings: acceptance.settings, idle: idle?.levels, talking: talking?.levels },
    );
  } finally {
    await acceptance.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

type LookAt = (devices: number) => Promise<Level>;

interface Levels {
  readonly levels: readonly Level[];
  readonly fleets: readonly FleetResult[];
}

async function idleLevels(acceptance: AcceptanceServer, level: LookAt): Promise<Levels> {
  await acceptance.fleet({ scenario: 'idle', devices: FIRST, firstDevice: 1000, warmupMs: 8000, durationMs: 3000 });
  await sleep(clock, SETTLE_MS);
  const levels = [await level(0)];
  const stay = 2 * (SETTLE_MS + LOOK_MS) + 12_000;
  const first = idleCrowd(acceptance, 10_000, ARRIVE_MS + stay);
  await sleep(clock, ARRIVE_MS + SETTLE_MS);
  levels.push(await level(IDLE_STEP));
  const second = idleCrowd(acceptance, 20_000, stay);
  await sleep(clock, ARRIVE_MS + SETTLE_MS);
  levels.push(await level(2 * IDLE_STEP));
  return { levels, fleets: await Promise.all([first, second]) };
}

async function talkingLevels(acceptance: AcceptanceServer, level: LookAt): Promise<Levels> {
  const levels: Level[] = [];
  const fleets: FleetResult[] = [];
  for (const devices of TALKERS) {
    const fleet = acceptance.fleet({
      scenario: 'steady',
      devices,
      firstDevice: 30_000,
      warmupMs: 10_000,
      durationMs: TALK_MS,
    });
    await sleep(clock, TALK_MS);
    levels.push(await level(devices));
    fleets.push(await fleet);
  }
  return { levels, fleets };
}

function idleCrowd(acceptance: AcceptanceServer, firstDevice: number, durationMs: number): Promise<FleetResult> {
  return acceptance.fleet({
    scenario: 'idle',
    devices: IDLE_STEP,
    firstDevice,
    warmupMs: ARRIVE_MS,
    durationMs,
    workers: 1,
  });
}

async function look(acceptance: AcceptanceServer, watch: ServerWatch, file: string, devices: number): Promise<Level> {
  rmSync(file, { force: true });
  process.kill(acceptance.server.pid, 'SIGUSR2');
  const looks = await watch.during(LOOK_MS);
  const names = [...new Set(looks.flatMap(({ byProcess }) => Object.keys(byProcess)))];
  const median = (of: (seen: Look) => number): number => percentile(looks.map(of), 0.5);
  return {
    devices,
    collected: JSON.parse(readFileSync(file, 'utf8')) as Collected,
    resident: Object.fromEntries(names.map((name) => [name, median(({ byProcess }) => byProcess[name] ?? 0)])),
  };
}

function idleLines([none, some, many]: readonly Level[]): Line[] {
  if (!none || !some || !many) throw new TypeError('a level is missing');
  const names = ['main', 'listening', 'speaking'];
  return [
    cost(`an idle connection, the first ${IDLE_STEP}`, none, some, names),
    cost(`an idle connection, ${IDLE_STEP} more`, some, many, names),
    cost(`an idle connection, all ${2 * IDLE_STEP}`, none, many, names),
  ];
}

function talkingLines([few, most]: readonly Level[]): Line[] {
  if (!few || !most) throw new TypeError('a level is missing');
  return [
    cost(`a device that talks, from ${few.devices} to ${most.devices}`, few, most, [
      'main',
      'listening',
      'speaking',
      'asr',
    ]),
  ];
}

function cost(what: string, from: Level, to: Level, names: readonly string[]): Line {
  const each = (of: (level: Level) => number): string =>
    ((of(to) - of(from)) / (to.devices - from.devices) / 1024).toFixed(0);
  const held = ({ collected }: Level): number => collected.heapUsed + collected.external;
  return {
    what,
    value:
      `${each((level) => names.reduce((sum, name) => sum + (level.resident[name] ?? 0), 0))} ` +
      'KB resident (' +
      names.map((name) => `${name} ${each(({ resident }) => resident[name] ?? 0)}`).join(', ') +
      `); objects of the main process ${each(held)}`,
  };
}

/** Checks that every device got a connection and every turn a whole reply. Otherwise the figures are meaningless. */
function fleetLines(fleets: readonly FleetResult[]): Line[] {
  const connected = fleets.every(({ devices }) => devices.every((device) => device.connections > 0));
  const failed = fleets.reduce((sum, { totals }) => sum + totals.turns - totals.complete, 0);
  return [
    { what: 'every device got its connection', value: connected ? 'yes' : 'no', holds: connected },
    atMost('turns without a whole reply', failed, 0, ''),
  ];
}
