import { sleep, systemClock as clock } from '../src/core/index.js';
import type { FleetProgress } from '../src/measure/fleet/index.js';
import { startAcceptanceServer, type AcceptanceServer } from './servers.js';
import type { Ratio } from '../src/measure/bench/compare/bootstrap.js';
import { armData, armLine, armOf, block, ratioOf, ratioWords, type Block } from './blocks.js';
import { Flood, Monologue, endlessSpeech, type BadNeighbour } from './bad-neighbours.js';
import { report, type Line } from './results.js';

type Arm = 'alone' | 'monologue' | 'flood';
type BadNeighbours = Readonly<Record<Exclude<Arm, 'alone'>, BadNeighbour>>;

const ARMS: Readonly<Record<string, Arm>> = { a: 'alone', m: 'monologue', f: 'flood' };
/**
 * In each order, every condition occurs early and late, so that a machine that slows down favours none. Monologue
 * blocks follow each other, so that a monologue lasts longer than the minute after which the server has to end an
 * utterance.
 */
const ORDERS: Readonly<Record<string, string>> = {
  both: 'a m m m f a f a m m f a f f a',
  monologue: 'a m m m a a a m m m a a',
  flood: 'a f f a a f f a a f f a',
};
const TALKERS = 20;
const WARM_UP_MS = 20_000;
/** Pause after a neighbour has connected or left, in which the queues settle. */
const SETTLE_MS = 3000;
/** The neighbour must raise the 95th percentile of the talking devices' first sounds by less than this factor. */
const BOUND = 1.1;

/**
 * Twenty devices talk, in some blocks beside a bad neighbour. The neighbour never stops talking, or sends ten times as
 * fast as real time.
 */
export async function neighbours(which: string, blockMs: number): Promise<boolean> {
  const order = ORDERS[which]?.split(' ').flatMap((letter) => ARMS[letter] ?? []);
  if (!order) throw new RangeError('both, monologue or flood');
  const acceptance = await startAcceptanceServer(['max_concurrent_sessions=10000', 'load.target=off']);
  try {
    const { server } = acceptance;
    const speech = await endlessSpeech();
    const bad: BadNeighbours = {
      monologue: new Monologue(server, 900_001, speech),
      flood: new Flood(server, 900_002, speech),
    };
    const { blocks, fleet } = await talkThrough(order, blockMs, acceptance, bad);
    const requests = await acceptance.llmRequests();
    const dropped = await packetsDropped(acceptance);
    const loop = await acceptance.stop();
    const arms = [...new Set(order)].map((arm) => ({ arm, result: armOf(arm, blocks, fleet, requests) }));
    const alone = arms.find(({ arm }) => arm === 'alone')?.result;
    if (!alone) throw new Error('no block without a neighbour');
    const ratios = arms
      .filter(({ arm }) => arm !== 'alone')
      .map(({ arm, result }) => ({ arm, p50: ratioOf(alone, result, 0.5), p95: ratioOf(alone, result, 0.95) }));
    const whole = loop.between(blocks[0]?.fromWallMs ?? 0, blocks.at(-1)?.toWallMs ?? 0);
    const lines: Line[] = [
      ...arms.map(({ arm, result }) =>
        armLine(`${TALKERS} devices, ${arm === 'alone' ? 'nobody beside them' : `beside one ${arm}`}`, result),
      ),
      ...ratios.flatMap(ratioLines),
      {
        what: 'the monologue: times connected, transcripts, answers begun',
        value: ['connections', 'transcripts', 'replies'].map((name) => bad.monologue.totals()[name] ?? 0).join(', '),
      },
      {
        what: 'packets of the flood that were thrown away',
        value: `${dropped} of ${bad.flood.totals()['packets'] ?? 0}`,
      },
      { what: 'event loop late, p99 over all blocks', value: `${whole.p99Ms.toFixed(1)} ms` },
      {
        what: 'the fleet itself was no bottleneck',
        value: fleet.valid ? 'yes' : fleet.reasons.map(({ detail }) => detail).join('; '),
        holds: fleet.valid,
      },
    ];
    return report(`neighbours${which === 'both' ? '' : `-${which}`}`, lines, {
      settings: acceptance.settings,
      blocks,
      arms: arms.map(({ arm, result }) => ({ arm, ...armData(result) })),
      ratios,
      monologue: bad.monologue.totals(),
      flood: bad.flood.totals(),
      loop: whole,
      own: fleet.own,
    });
  } finally {
    await acceptance.close();
  }
}

/** A neighbour connects before the first of its blocks in a row, and leaves after the last. */
async function talkThrough(order: readonly Arm[], blockMs: number, acceptance: AcceptanceServer, bad: BadNeighbours) {
  const blocks: Block<Arm>[] = [];
  let warm: () => void = () => undefined;
  const warmed = new Promise<void>((resolve) => (warm = resolve));
  const onProgress = ({ elapsedMs }: FleetProgress): void => {
    if (elapsedMs >= WARM_UP_MS) warm();
  };
  const talking = acceptance.fleet(
    {
      scenario: 'steady',
      devices: TALKERS,
      firstDevice: 0,
      warmupMs: WARM_UP_MS,
      durationMs: order.length * (blockMs + SETTLE_MS) + 5000,
    },
    onProgress,
  );
  const steps = (async () => {
    await warmed;
    for (const [at, arm] of order.entries()) {
      const neighbour = arm === 'alone' ? undefined : bad[arm];
      if (order[at - 1] !== arm) await neighbour?.start();
      await sleep(clock, SETTLE_MS);
      await block(arm, blockMs, blocks);
      if (order[at + 1] !== arm) neighbour?.stop();
      console.log(`  ${arm}: ${blocks.length} of ${order.length}`);
    }
  })();
  const [fleet] = await Promise.all([talking, steps]);
  return { blocks, fleet };
}

interface ArmRatio {
  readonly arm: Arm;
  readonly p50: Ratio | undefined;
  readonly p95: Ratio | undefined;
}

function ratioLines({ arm, p50, p95 }: ArmRatio): Line[] {
  return [
    {
      what: `${arm}: p95 of the others, with over without (95 % interval)`,
      value: ratioWords(p95),
      bound: `below ${BOUND.toFixed(2)}`,
      ...(p95 && { holds: p95.ratio < BOUND }),
    },
    { what: `${arm}: the same, p50`, value: ratioWords(p50) },
  ];
}

async function packetsDropped(acceptance: AcceptanceServer): Promise<number> {
  const counts = await Promise.all(
    ['too_many', 'faster_than_real_time'].map((reason) =>
      acceptance.metric('chorus_messages_ignored_total', { reason }),
    ),
  );
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
