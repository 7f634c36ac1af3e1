import { sleep, systemClock as clock } from '../src/core/index.js';
import { type FleetProgress, type FleetResult } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { startAcceptanceServer } from './servers.js';
import { armData, armLine, armOf, block, ratioOf, ratioWords, type Block } from './blocks.js';
import { atMost, report, type Line } from './results.js';
import { ServerWatch, type Look } from './server-watch.js';

type Arm = 'alone' | 'arriving' | 'idle';

const TALKERS = 20;
const WARM_UP_MS = 20_000;
/**
 * How long the run without idle devices takes, how long they take to arrive, and how long they stay. During the stay
 * each of them is disconnected (at 110 s) and comes back.
 */
const ALONE_MS = 50_000;
const ARRIVE_MS = 20_000;
const IDLE_MS = 112_000;
const LEAVE_MS = 5000;
const ROUNDS = 2;
/** As large a part of "no change" as `chorus bench --compare` calls a lone figure the same. */
const SAME = 0.05;

/**
 * Twenty devices talk. Block by block, this many others are connected and idle, or none. The server says goodbye to
 * idle ones after 60 s and closes their connection after 110 s; they come back.
 */
export async function idle(devices: number): Promise<boolean> {
  const acceptance = await startAcceptanceServer([
    'max_concurrent_sessions=10000',
    'load.target=off',
    'session.idle_close_ms=110000',
  ]);
  try {
    const watch = new ServerWatch(acceptance.server, acceptance.scope, { metrics: false });
    const blocks: Block<Arm>[] = [];
    const readings: { readonly arm: Arm; readonly reading: Look }[] = [];
    const crowds: FleetResult[] = [];
    let most = 0;
    let warm: () => void = () => undefined;
    const warmed = new Promise<void>((resolve) => (warm = resolve));
    const onProgress = ({ elapsedMs }: FleetProgress): void => {
      if (elapsedMs >= WARM_UP_MS) warm();
    };
    const alone = async (): Promise<void> => {
      await Promise.all([
        block<Arm>('alone', ALONE_MS, blocks),
        watch
          .during(ALONE_MS)
          .then((all) => readings.push(...all.map((reading) => ({ arm: 'alone' as const, reading })))),
      ]);
    };
    const withCrowd = async (): Promise<void> => {
      let arrived: () => void = () => undefined;
      const here = new Promise<void>((resolve) => (arrived = resolve));
      const crowd = acceptance.fleet(
        { scenario: 'idle', devices, firstDevice: 10_000, warmupMs: ARRIVE_MS, durationMs: IDLE_MS + 2000, workers: 1 },
        ({ elapsedMs, second }) => {
          most = Math.max(most, second.connected);
          if (elapsedMs >= ARRIVE_MS) arrived();
        },
      );
      const steps = (async () => {
        const fromWallMs = clock.wallMs();
        await here;
        blocks.push({ arm: 'arriving', fromWallMs, toWallMs: clock.wallMs() });
        await Promise.all([
          block<Arm>('idle', IDLE_MS, blocks),
          watch
            .during(IDLE_MS)
            .then((all) => readings.push(...all.map((reading) => ({ arm: 'idle' as const, reading })))),
        ]);
      })();
      const [result] = await Promise.all([crowd, steps]);
      crowds.push(result);
      await sleep(clock, LEAVE_MS);
    };
    const durationMs = (ROUNDS + 1) * ALONE_MS + ROUNDS * (ARRIVE_MS + IDLE_MS + LEAVE_MS + 8000);
    const talking = acceptance.fleet(
      { scenario: 'steady', devices: TALKERS, firstDevice: 0, warmupMs: WARM_UP_MS, durationMs },
      onProgress,
    );
    const steps = (async () => {
      await warmed;
      await alone();
      for (let round = 0; round < ROUNDS; round++) {
        await withCrowd();
        await alone();
        console.log(`  round ${round + 1} of ${ROUNDS}`);
      }
    })();
    const [fleet] = await Promise.all([talking, steps]);
    const requests = await acceptance.llmRequests();
    const refused = Object.fromEntries(
      await Promise.all(
        ['full', 'rate_limited', 'too_many_sockets', 'unauthorized', 'failed'].map(
          async (result) => [result, (await acceptance.metric('chorus_handshakes_total', { result })) ?? 0] as const,
        ),
      ),
    );
    const loop = await acceptance.stop();
    const arms = (['alone', 'arriving', 'idle'] as const).map((arm) => ({
      arm,
      result: armOf(arm, blocks, fleet, requests),
    }));
    const of = (arm: Arm) => arms.find((one) => one.arm === arm)?.result ?? armOf(arm, [], fleet, []);
    const [p50, p95] = [0.5, 0.95].map((fraction) => ratioOf(of('alone'), of('idle'), fraction));
    const perDevice = memoryPerDevice(readings, devices);
    const closings = crowds.reduce(
      (sum, crowd) => sum + crowd.devices.reduce((all, { lostConnections }) => all + lostConnections, 0),
      0,
    );
    const never = crowds.reduce(
      (sum, crowd) => sum + crowd.devices.filter(({ connections }) => connections === 0).length,
      0,
    );
    const loopOf = (arm: Arm) =>
      blocks.filter((one) => one.arm === arm).map((one) => loop.between(one.fromWallMs, one.toWallMs).p99Ms);
    const lines: Line[] = [
      { what: 'idle devices connected at once', value: `${most} of ${devices}`, holds: most === devices },
      atMost('that never got a connection', never, 0, ''),
      { what: 'closed after 110 s, came back', value: `${closings} times`, holds: closings >= devices * ROUNDS },
      atMost(
        'connections refused',
        Object.values(refused).reduce((sum, count) => sum + count, 0),
        0,
        '',
      ),
      armLine(`${TALKERS} devices talk, nobody beside them`, of('alone')),
      armLine(`the same, ${devices} idle ones beside them`, of('idle')),
      armLine('the same, while those arrive', of('arriving')),
      {
        what: 'p95, with over without (95 % interval)',
        value: ratioWords(p95),
        bound: 'no change: 1 within the interval, or less than 1.05',
        ...(p95 && { holds: p95.low <= 1 || p95.ratio <= 1 + SAME }),
      },
      {
        what: 'the same, p50',
        value: ratioWords(p50),
        bound: 'no change: 1 within the interval, or less than 1.05',
        ...(p50 && { holds: p50.low <= 1 || p50.ratio <= 1 + SAME }),
      },
      {
        what: 'memory of an idle device',
        value: `${perDevice.kilobytes.toFixed(0)} KB (${Object.entries(perDevice.byProcess)
          .map(([name, kilobytes]) => `${name} ${kilobytes.toFixed(0)}`)
          .join(', ')})`,
      },
      {
        what: 'event loop late, p99 of each block: alone / idle',
        value: `${loopOf('alone')
          .map((ms) => ms.toFixed(1))
          .join(', ')} / ${loopOf('idle')
          .map((ms) => ms.toFixed(1))
          .join(', ')} ms`,
      },
      {
        what: 'the fleets themselves were no bottleneck',
        value: [fleet, ...crowds].flatMap(({ reasons }) => reasons.map(({ detail }) => detail)).join('; ') || 'yes',
        holds: [fleet, ...crowds].every(({ valid }) => valid),
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

/**
 * Medians with idle devices minus medians without; the talking devices are the same in both. Idle devices do not touch
 * the recognition process, which grows with speech.
 */
function memoryPerDevice(
  readings: readonly { readonly arm: Arm; readonly reading: Look }[],
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
