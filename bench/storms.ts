import { sleep, systemClock as clock } from '../src/core/index.js';
import { type FleetResult } from '../src/measure/fleet/index.js';
import { summarise } from '../src/measure/statistics.js';
import { startAcceptanceServer, type AcceptanceServer } from './servers.js';
import { churn, type ChurnResult } from './churn.js';
import type { LoopDelays } from './loop-delays.js';
import { atMost, report, type Line } from './results.js';
import { ServerWatch, settled, type Look } from './server-watch.js';

/**
 * Number of devices that talk before the first storm (many devices at once), so that the memory of the recognition
 * model has grown. Thirty decodes are not enough (docs/adr/0027-allocator.md).
 */
const WARM_DEVICES = 20;
const WARM_MS = 60_000;
/** Time for which memory is sampled before the first storm. */
const CALM_MS = 12_000;
/** Time for which memory is sampled after each storm. V8 returns memory 10 to 20 s after the last work. */
const SETTLE_MS = 30_000;
const BACK_WITHIN = 1.05;
const LOOP_P99_MS = 20;
const WAKE_DEVICES = 60;
/** Time in which wake storms begin. They begin every 30 s, so there are two. */
const WAKE_MS = 32_000;
const BOOT_DEVICES = 500;
/** Warm-up of the devices that boot. All of them begin within nine tenths of this time, which are 100 ms. */
const BOOT_MS = 111;
/** Time for which they then stay connected and idle. */
const BOOTED_MS = 20_000;
/** Number of devices that already talk when the others boot. */
const TALKING = 10;
/** Warm-up of the devices that talk. The last of them begins its first turn after 24 s. */
const TALK_BEFORE_MS = 30_000;
const CHURN_PER_SECOND = 20;
const OUTCOMES = ['answered', 'interrupted', 'failed', 'not_understood', 'empty', 'busy', 'abandoned'] as const;

interface Storm {
  readonly name: string;
  readonly fromWallMs: number;
  readonly toWallMs: number;
  readonly before: Look;
  /** Turns of the storm by outcome, as the server counts them. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly readings: readonly Look[];
  readonly lines: readonly Line[];
  readonly data: object;
}

/** With `fromWallMs` if the storm begins later than its function. */
type Outcome = Pick<Storm, 'lines' | 'data'> & Partial<Pick<Storm, 'fromWallMs'>>;

/**
 * Measures storms, one after the other: 60 devices that wake at once, 500 that boot at once, and visits of 20 devices a
 * second (churn).
 */
export async function storms(which: string, churnMs: number): Promise<boolean> {
  const acceptance = await startAcceptanceServer([]);
  try {
    const done = await runStorms(acceptance, which, churnMs);
    const left = await acceptance.metric('chorus_connections');
    const refused = await refusals(acceptance);
    const complaints = acceptance.server.complaints();
    const errors = complaints.filter((line) => /"level":[56]0/.test(line));
    const loop = await acceptance.stop();
    const lines = [
      ...done.flatMap((storm) => stormLines(storm, loop)),
      atMost('connections that were left', left ?? 0, 0, ''),
      atMost('connections refused', refused, 0, ''),
      atMost('errors in the log', errors.length, 0, ''),
      { what: 'warnings in the log', value: String(complaints.length - errors.length) },
    ];
    return report(`storms${which === 'all' ? '' : `-${which}`}`, lines, {
      settings: acceptance.settings,
      complaints,
      storms: done.map(({ readings, ...storm }) => ({
        ...storm,
        memory: readings,
        loop: loop.between(storm.fromWallMs, storm.toWallMs),
      })),
    });
  } finally {
    await acceptance.close();
  }
}

async function runStorms(acceptance: AcceptanceServer, which: string, churnMs: number): Promise<readonly Storm[]> {
  const watch = new ServerWatch(acceptance.server, acceptance.scope, { metrics: false });
  await acceptance.fleet({
    scenario: 'steady',
    devices: WARM_DEVICES,
    firstDevice: 0,
    warmupMs: 5000,
    durationMs: WARM_MS,
  });
  let before = settled(await watch.during(CALM_MS));
  const done: Storm[] = [];
  const kinds: Readonly<Record<string, () => Promise<Outcome>>> = {
    wake: () => wakeStorm(acceptance),
    boot: () => bootStorm(acceptance),
    churn: async () =>
      ofChurn(await churn(acceptance.server, { perSecond: CHURN_PER_SECOND, durationMs: churnMs, firstDevice: 4000 })),
  };
  for (const [name, run] of Object.entries(kinds)) {
    if (which !== 'all' && which !== name) continue;
    const ended = await outcomes(acceptance);
    const calledWallMs = clock.wallMs();
    const { lines, data, fromWallMs = calledWallMs } = await run();
    const toWallMs = clock.wallMs();
    const readings = await watch.during(SETTLE_MS);
    const now = await outcomes(acceptance);
    done.push({
      name,
      fromWallMs,
      toWallMs,
      before,
      readings,
      lines,
      data,
      outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, (now[outcome] ?? 0) - (ended[outcome] ?? 0)])),
    });
    console.log(`  ${name}: ${((toWallMs - fromWallMs) / 1000).toFixed(0)} s`);
    before = settled(readings);
  }
  return done;
}

function stormLines(storm: Storm, loop: LoopDelays): readonly Line[] {
  const late = loop.between(storm.fromWallMs, storm.toWallMs);
  const after = settled(storm.readings);
  const ratio = after.memoryBytes / storm.before.memoryBytes;
  const back = storm.readings.find(({ memoryBytes }) => memoryBytes <= storm.before.memoryBytes * BACK_WITHIN);
  const backAfter = back
    ? `, within ${((BACK_WITHIN - 1) * 100).toFixed(0)} % ` +
      `after ${((back.atWallMs - storm.toWallMs) / 1000).toFixed(0)} s`
    : '';
  return [
    ...storm.lines.map((line) => ({ ...line, what: `${storm.name}: ${line.what}` })),
    {
      what: `${storm.name}: turns that failed in the server`,
      value:
        (storm.outcomes['failed'] ?? 0) +
        ` (${OUTCOMES.map((outcome) => `${outcome} ${storm.outcomes[outcome] ?? 0}`).join(', ')})`,
      bound: 'none',
      holds: storm.outcomes['failed'] === 0,
    },
    {
      ...atMost(`${storm.name}: event loop late, p99`, late.p99Ms, LOOP_P99_MS, 'ms', 1),
      holds: late.p99Ms < LOOP_P99_MS,
    },
    {
      what: `${storm.name}: the same, p50 / worst ten seconds / longest`,
      value: `${late.p50Ms.toFixed(1)} / ${late.worstTenSecondsP99Ms.toFixed(1)} / ${late.maxMs.toFixed(0)} ms`,
    },
    {
      what: `${storm.name}: memory before, ${SETTLE_MS / 1000} s after`,
      value: `${megabytes(storm.before)}, ${megabytes(after)} MB: ${ratio.toFixed(3)}${backAfter}`,
      bound: `at most ${BACK_WITHIN}`,
      holds: ratio <= BACK_WITHIN,
    },
  ];
}

async function wakeStorm(acceptance: AcceptanceServer): Promise<Outcome> {
  const fleet = await acceptance.fleet({
    scenario: 'wake-storm',
    devices: WAKE_DEVICES,
    firstDevice: 1000,
    warmupMs: 6000,
    durationMs: WAKE_MS,
  });
  return ofFleet(fleet, WAKE_DEVICES);
}

/**
 * Many devices begin to boot within 100 ms, connect and stay idle, as after a power cut in a building. A few others
 * talk before and meanwhile.
 */
async function bootStorm(acceptance: AcceptanceServer): Promise<Outcome> {
  const [{ fromWallMs, booted }, talking] = await Promise.all([
    bootTogether(acceptance),
    acceptance.fleet({
      scenario: 'steady',
      devices: TALKING,
      firstDevice: 0,
      warmupMs: TALK_BEFORE_MS,
      durationMs: BOOTED_MS,
    }),
  ]);
  return { ...ofBoots(booted, ofFleet(talking, TALKING)), fromWallMs };
}

async function bootTogether(
  acceptance: AcceptanceServer,
): Promise<{ readonly fromWallMs: number; readonly booted: FleetResult }> {
  await sleep(clock, TALK_BEFORE_MS);
  const fromWallMs = clock.wallMs();
  const booted = await acceptance.fleet({
    scenario: 'idle',
    devices: BOOT_DEVICES,
    firstDevice: 2000,
    warmupMs: BOOT_MS,
    durationMs: BOOTED_MS,
    workers: 1,
  });
  return { fromWallMs, booted };
}

function ofBoots(booted: FleetResult, others: Outcome): Outcome {
  const { otaMs, helloMs, violations } = booted.totals;
  const sum = (of: (device: FleetResult['devices'][number]) => number): number =>
    booted.devices.reduce((total, device) => total + of(device), 0);
  return {
    lines: [
      {
        what: `OTA and connection of ${BOOT_DEVICES} at once: connected`,
        value: String(sum(({ connections }) => Math.min(1, connections))),
        holds: sum(({ connections }) => Math.min(1, connections)) === BOOT_DEVICES,
      },
      atMost(
        'OTA or connection had to be tried again',
        sum(({ error, connections }) => (error !== undefined || connections > 1 ? 1 : 0)),
        0,
        '',
      ),
      atMost(
        'connections lost',
        sum(({ lostConnections }) => lostConnections),
        0,
        '',
      ),
      atMost(
        'breaches of the protocol',
        Object.values(violations).reduce((all, count) => all + count, 0) +
          sum((device) => device.violations?.length ?? 0),
        0,
        '',
      ),
      { what: 'OTA answer; button to hello', value: `${words(otaMs)}; ${words(helloMs)}` },
      ...others.lines.map((line) => ({ ...line, what: `beside it, ${line.what}` })),
    ],
    data: { booted: { totals: booted.totals, own: booted.own, reasons: booted.reasons }, talking: others.data },
  };
}

/** A turn whose device is told "busy" counts neither as answered nor as an error. */
function ofFleet(fleet: FleetResult, devices: number): Outcome {
  const counted = fleet.turns.filter(({ warmup }) => !warmup);
  const busy = counted.filter(({ alerts }) => alerts !== undefined);
  const errors = counted.filter(({ complete, alerts }) => !complete && alerts === undefined);
  const sounds = summarise(
    counted.filter(({ alerts }) => alerts === undefined).map(({ firstSoundMs }) => firstSoundMs),
  );
  const busyMs = busy.flatMap(({ firstSoundMs }) => firstSoundMs ?? []);
  const { underruns, overflows, lostPackets, violations, otaMs, helloMs } = fleet.totals;
  const never = fleet.devices.filter(({ connections }) => connections === 0).length;
  const lost = fleet.devices.reduce((sum, { lostConnections }) => sum + lostConnections, 0) - busy.length;
  return {
    lines: [
      {
        what: `turns of ${devices} devices`,
        value:
          counted.length +
          `: ${counted.filter(({ complete, alerts }) => complete && alerts === undefined).length} ` +
          `answered, ${busy.length} told "busy"` +
          (busyMs.length > 0 ? ` within ${(Math.max(...busyMs) / 1000).toFixed(1)} s` : ''),
      },
      atMost('turns neither answered nor told "busy"', errors.length, 0, ''),
      atMost('devices without a connection', never, 0, ''),
      atMost('connections lost, but after "busy"', Math.max(0, lost), 0, ''),
      atMost(
        'holes, packets lost, breaches of the protocol',
        underruns + overflows + lostPackets + Object.values(violations).reduce((sum, count) => sum + count, 0),
        0,
        '',
      ),
      { what: 'end of speech to first sound', value: words(sounds) },
      { what: 'OTA answer; button to hello', value: `${words(otaMs)}; ${words(helloMs)}` },
      {
        what: 'the fleet itself was no bottleneck',
        value: fleet.valid ? 'yes' : fleet.reasons.map(({ detail }) => detail).join('; '),
      },
    ],
    data: { totals: fleet.totals, own: fleet.own, errors, reasons: fleet.reasons },
  };
}

function ofChurn({ visits, answered, busy, failures, helloMs, mostAtOnce }: ChurnResult): Outcome {
  const all = Object.values(visits).reduce((sum, count) => sum + count, 0);
  return {
    lines: [
      {
        what: 'connections',
        value:
          `${all}: ${visits.hello} went after the hello, ${visits.word} in the middle of a ` +
          `word, ${visits.idle} after a pause, ${visits.turn} after a turn (${answered} ` +
          `answered, ${busy} told "busy"); ${mostAtOnce} at once`,
      },
      atMost('failures', failures.length, 0, ''),
      { what: 'button to hello', value: words(summarise(helloMs)) },
    ],
    data: { visits, answered, busy, failures, mostAtOnce },
  };
}

async function outcomes(acceptance: AcceptanceServer): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(
    await Promise.all(
      OUTCOMES.map(
        async (outcome) => [outcome, (await acceptance.metric('chorus_turns_total', { outcome })) ?? 0] as const,
      ),
    ),
  );
}

async function refusals(acceptance: AcceptanceServer): Promise<number> {
  let sum = 0;
  for (const result of ['full', 'rate_limited', 'too_many_sockets', 'unauthorized', 'failed', 'draining'])
    sum += (await acceptance.metric('chorus_handshakes_total', { result })) ?? 0;
  return sum;
}

function words(summary: ReturnType<typeof summarise>): string {
  if (summary.kind === 'none') return 'none';
  const tail = summary.kind === 'many' ? `, p95 ${summary.p95.toFixed(0)}` : '';
  return `p50 ${summary.median.toFixed(0)}${tail}, longest ${summary.max.toFixed(0)} ms (${summary.count})`;
}

function megabytes({ memoryBytes }: Look): string {
  return (memoryBytes / 2 ** 20).toFixed(0);
}
