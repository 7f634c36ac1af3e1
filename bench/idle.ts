import { sleep, systemClock as clock } from '../src/core/index.js';
import type { FleetResult } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { startAcceptanceServer, type AcceptanceServer } from './servers.js';
import type { Ratio } from '../src/measure/bench/compare/bootstrap.js';
import { armData, armLine, armOf, block, ratioOf, ratioWords, type Block } from './blocks.js';
import type { LoopDelays } from './loop-delays.js';
import { atMost, report, type Line } from './results.js';
import { ServerWatch, type Look } from './server-watch.js';

type Arm = 'alone' | 'arriving' | 'idle';

const TALKERS = 20;
const WARM_UP_MS = 20_000;
/** Duration of a block without idle devices. */
const ALONE_MS = 50_000;
/** Time in which the idle devices arrive. */
const ARRIVE_MS = 20_000;
/**
 * Duration of a block with idle devices. Within it the server disconnects each idle device once, after 110 s, and the
 * device reconnects.
 */
const IDLE_MS = 112_000;
const LEAVE_MS = 5000;
const ROUNDS = 2;
/** Largest relative difference that counts as unchanged, as in `chorus bench --compare`. */
const SAME = 0.05;

/**
 * Twenty devices talk, in some blocks beside `devices` idle devices. The server closes idle connections after 110 s,
 * and the devices then reconnect.
 */
export async function idle(devices: number): Promise<boolean> {
  const acceptance = await startAcceptanceServer([
    'max_concurrent_sessions=10000',
    'load.target=off',
    'session.idle_close_ms=110000',
  ]);
  try {
    const talked = await talkBesideCrowds(acceptance, devices);
    const { fleet, crowds, blocks, readings } = talked;
    const requests = await acceptance.llmRequests();
    const refused = await refusals(acceptance);
    const loop = await acceptance.stop();
    const arms = (['alone', 'arriving', 'idle'] as const).map((arm) => ({
      arm,
      result: armOf(arm, blocks, fleet, requests),
    }));
    const of = (arm: Arm) => arms.find((one) => one.arm === arm)?.result ?? armOf(arm, [], fleet, []);
    const [p50, p95] = [0.5, 0.95].map((fraction) => ratioOf(of('alone'), of('idle'), fraction));
    const perDevice = memoryPerDevice(readings, devices);
    const lines: Line[] = [
      ...crowdLines(talked, devices, refused),
      armLine(`${TALKERS} devices talk, nobody beside them`, of('alone')),
      armLine(`the same, ${devices} idle ones beside them`, of('idle')),
      armLine('the same, while those arrive', of('arriving')),
      unchangedLine('p95, with over without (95 % interval)', p95),
      unchangedLine('the same, p50', p50),
      {
        what: 'memory of an idle device',
        value: `${perDevice.kilobytes.toFixed(0)} KB (${Object.entries(perDevice.byProcess)
          .map(([name, kilobytes]) => `${name} ${kilobytes.toFixed(0)}`)
          .join(', ')})`,
      },
      {
        what: 'event loop late, p99 of each block: alone / idle',
        value: `${latePerBlock(blocks, 'alone', loop)} / ${latePerBlock(blocks, 'idle', loop)} ms`,
      },
    ];
    return report(`idle-${devices}`, lines, {
      settings: acceptance.settings,
      blocks,
      arms: arms.map(({ arm, result }) => ({ arm, ...armData(result) })),
      ratios: { p50, p95 },
      perDevice,
      refused,
      readings: readings.filter((_, at) => at % 5 === 0),
      own: [fleet, ...crowds].map(({ own }) => own),
    });
  } finally {
    await acceptance.close();
  }
}

interface Reading {
  readonly arm: Arm;
  readonly reading: Look;
}

interface Talked {
  readonly fleet: FleetResult;
  readonly crowds: readonly FleetResult[];
  readonly blocks: readonly Block<Arm>[];
  readonly readings: readonly Reading[];
  /** Largest number of idle devices that were connected at the same time. */
  readonly most: number;
}

/** Idle devices connect and leave in rounds. */
async function talkBesideCrowds(acceptance: AcceptanceServer, devices: number): Promise<Talked> {
  const rounds = new Rounds(acceptance, devices);
  let warm: () => void = () => undefined;
  const warmed = new Promise<void>((resolve) => (warm = resolve));
  const durationMs = (ROUNDS + 1) * ALONE_MS + ROUNDS * (ARRIVE_MS + IDLE_MS + LEAVE_MS + 8000);
  const talking = acceptance.fleet(
    { scenario: 'steady', devices: TALKERS, firstDevice: 0, warmupMs: WARM_UP_MS, durationMs },
    ({ elapsedMs }) => {
      if (elapsedMs >= WARM_UP_MS) warm();
    },
  );
  const steps = (async () => {
    await warmed;
    await rounds.stay('alone', ALONE_MS);
    for (let round = 0; round < ROUNDS; round++) {
      await rounds.withCrowd();
      await rounds.stay('alone', ALONE_MS);
      console.log(`  round ${round + 1} of ${ROUNDS}`);
    }
  })();
  const [fleet] = await Promise.all([talking, steps]);
  const { crowds, blocks, readings, most } = rounds;
  return { fleet, crowds, blocks, readings, most };
}

class Rounds {
  readonly crowds: FleetResult[] = [];
  readonly blocks: Block<Arm>[] = [];
  readonly readings: Reading[] = [];
  most = 0;
  readonly #watch: ServerWatch;

  constructor(
    private readonly acceptance: AcceptanceServer,
    private readonly devices: number,
  ) {
    this.#watch = new ServerWatch(acceptance.server, acceptance.scope, { metrics: false });
  }

  async stay(arm: Arm, forMs: number): Promise<void> {
    const [, looks] = await Promise.all([block(arm, forMs, this.blocks), this.#watch.during(forMs)]);
    this.readings.push(...looks.map((reading) => ({ arm, reading })));
  }

  async withCrowd(): Promise<void> {
    let arrived: () => void = () => undefined;
    const here = new Promise<void>((resolve) => (arrived = resolve));
    const crowd = this.acceptance.fleet(
      {
        scenario: 'idle',
        devices: this.devices,
        firstDevice: 10_000,
        warmupMs: ARRIVE_MS,
        durationMs: IDLE_MS + 2000,
        workers: 1,
      },
      ({ elapsedMs, second }) => {
        this.most = Math.max(this.most, second.connected);
        if (elapsedMs >= ARRIVE_MS) arrived();
      },
    );
    const steps = (async () => {
      const fromWallMs = clock.wallMs();
      await here;
      this.blocks.push({ arm: 'arriving', fromWallMs, toWallMs: clock.wallMs() });
      await this.stay('idle', IDLE_MS);
    })();
    const [result] = await Promise.all([crowd, steps]);
    this.crowds.push(result);
    await sleep(clock, LEAVE_MS);
  }
}

async function refusals(acceptance: AcceptanceServer): Promise<Readonly<Record<string, number>>> {
  const counts = ['full', 'rate_limited', 'too_many_sockets', 'unauthorized', 'failed'].map(
    async (result) => [result, (await acceptance.metric('chorus_handshakes_total', { result })) ?? 0] as const,
  );
  return Object.fromEntries(await Promise.all(counts));
}

function crowdLines(
  { fleet, crowds, most }: Talked,
  devices: number,
  refused: Readonly<Record<string, number>>,
): Line[] {
  const idle = crowds.flatMap((crowd) => crowd.devices);
  const closings = idle.reduce((sum, { lostConnections }) => sum + lostConnections, 0);
  const never = idle.filter(({ connections }) => connections === 0).length;
  const refusedInAll = Object.values(refused).reduce((sum, count) => sum + count, 0);
  return [
    { what: 'idle devices connected at once', value: `${most} of ${devices}`, holds: most === devices },
    atMost('that never got a connection', never, 0, ''),
    { what: 'closed after 110 s, came back', value: `${closings} times`, holds: closings >= devices * ROUNDS },
    atMost('connections refused', refusedInAll, 0, ''),
    {
      what: 'the fleets themselves were no bottleneck',
      value: [fleet, ...crowds].flatMap(({ reasons }) => reasons.map(({ detail }) => detail)).join('; ') || 'yes',
      holds: [fleet, ...crowds].every(({ valid }) => valid),
    },
  ];
}

function unchangedLine(what: string, ratio: Ratio | undefined): Line {
  return {
    what,
    value: ratioWords(ratio),
    bound: 'no change: 1 within the interval, or less than 1.05',
    ...(ratio && { holds: ratio.low <= 1 || ratio.ratio <= 1 + SAME }),
  };
}

/** 99th percentile of the event loop's lateness in each block. */
function latePerBlock(blocks: readonly Block<Arm>[], arm: Arm, loop: LoopDelays): string {
  return blocks
    .filter((one) => one.arm === arm)
    .map((one) => loop.between(one.fromWallMs, one.toWallMs).p99Ms.toFixed(1))
    .join(', ');
}

/**
 * Difference between the median memory with and without idle devices. The recognition process is left out, because its
 * memory grows only with speech.
 */
function memoryPerDevice(
  readings: readonly Reading[],
  devices: number,
): { readonly kilobytes: number; readonly byProcess: Readonly<Record<string, number>> } {
  const names = [...new Set(readings.flatMap(({ reading }) => Object.keys(reading.byProcess)))];
  const grown = (of: (reading: Look) => number): number => {
    const median = (arm: Arm): number =>
      percentile(
        readings.filter((one) => one.arm === arm).map(({ reading }) => of(reading)),
        0.5,
      );
    return (median('idle') - median('alone')) / devices / 1024;
  };
  const byProcess = Object.fromEntries(
    names.filter((name) => name !== 'asr').map((name) => [name, grown((reading) => reading.byProcess[name] ?? 0)]),
  );
  return { kilobytes: Object.values(byProcess).reduce((sum, kilobytes) => sum + kilobytes, 0), byProcess };
}
