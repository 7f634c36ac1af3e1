import { takeOffOwnTime } from '../src/measure/bench/own-time.js';
import { sleep, systemClock as clock } from '../src/core/index.js';
import { type Clip, type FleetTurn, type DeviceTurn } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { type AcceptanceServer, startAcceptanceServer } from './servers.js';
import { loadClips } from './clips.js';
import { talkOn } from './restarting.js';
import { atMost, type Line, report } from './results.js';
import { bootDevice } from './talk.js';

const TURNS = 10;
/** A short recording, with 2.5 s of speech. */
const CLIP = 'austen-0880';
/** Bounds from docs/capacity.md (`first-turn`). */
const FIRST_ANSWER_MS = 5000;
const END_TO_END_MS = 15_000;
const PAUSE_MS = 500;
/** Longest time for which the device tries to get its first answer from the restarted server. */
const GIVE_UP_MS = 60_000;

/** The results of one start of the server, and of a restart. Times in ms. */
interface Started {
  /** Time from the start of the process to `/readyz`. */
  readonly readyMs: number;
  /** Time from the end of speech to the first sound of each turn, without the language model's own time. */
  readonly netMs: readonly number[];
  readonly firstAnswerMs: number;
  /** Time from the first word to the last sound of the first turn. */
  readonly firstTurnMs: number;
  /**
   * The first answer after the restart, to a person who talks as soon as the port is open. Times to its first sound,
   * from the end of speech and from the start of the process.
   */
  readonly impatient: { readonly answerMs: number; readonly sinceStartMs: number };
  readonly answered: number;
}

/**
 * Compares the first turn after a start with the tenth. Also measures the time to the first answer, with and without
 * waiting until the server is ready.
 */
export async function firstTurn(starts: number): Promise<boolean> {
  const clip = loadClips().find(({ name }) => name === CLIP)?.clip;
  if (!clip) throw new Error(`no clip ${CLIP}`);
  const all: Started[] = [];
  for (let n = 0; n < starts; n++) {
    const bench = await startAcceptanceServer(['log.level=warn']);
    try {
      all.push(await measure(bench, clip));
      await bench.stop();
    } finally {
      await bench.close();
    }
  }
  return report('first-turn', linesOf(all), all);
}

async function measure(bench: AcceptanceServer, clip: Clip): Promise<Started> {
  const { server } = bench;
  const { readyMs } = server;
  const device = await bootDevice(server, 0);
  const records: DeviceTurn[] = [];
  for (let n = 0; n < TURNS; n++) {
    records.push(await device.say(clip, { begin: 'click' }));
    await sleep(clock, PAUSE_MS);
  }
  device.close();
  const [first] = records;
  if (!first) throw new Error('no turn');
  const { turn, startedMs } = await talkWhileItStarts(bench, clip);
  const requests = await bench.llmRequests();
  const answerMs = turn?.timeline.firstSoundMs ?? Infinity;
  return {
    readyMs,
    // Each record is evaluated separately, so that a turn without a sound does not shift the others.
    netMs: records.map((record) => takeOffOwnTime([asTurn(record)], requests).firstSoundNetMs[0] ?? Infinity),
    firstAnswerMs: first.timeline.firstSoundMs ?? Infinity,
    firstTurnMs: (first.timeline.playedMs ?? Infinity) - first.timeline.speechStartMs,
    impatient: { answerMs, sinceStartMs: turn ? turn.speechEndAtMs + answerMs - startedMs : Infinity },
    answered: records.filter(isAnswer).length,
  };
}

/** Restarts the server, and lets the device talk to it as soon as it can be reached. */
async function talkWhileItStarts(
  { server, scope }: AcceptanceServer,
  clip: Clip,
): Promise<{ readonly turn: DeviceTurn | undefined; readonly startedMs: number }> {
  const device = await bootDevice(server, 1);
  const heard = new AbortController();
  const restarting = server.restart(scope.signal);
  const startedMs = await Promise.race([anotherProcess(server, scope.signal), restarting.then(({ goneMs }) => goneMs)]);
  const givingUp = clock.after(GIVE_UP_MS, () => heard.abort());
  const { turns } = await talkOn(device, [clip], heard.signal, (turn) => {
    if (isAnswer(turn)) heard.abort();
  });
  givingUp.cancel();
  await restarting;
  return { turn: turns.find(isAnswer), startedMs };
}

/** Time at which the server's new process started. Nobody can talk to it earlier. */
async function anotherProcess(server: AcceptanceServer['server'], signal: AbortSignal): Promise<number> {
  const before = server.pid;
  while (server.pid === before) await sleep(clock, 10, signal);
  return clock.nowMs();
}

function isAnswer({ outcome }: DeviceTurn): boolean {
  return outcome === 'answered';
}

function asTurn({ timeline, alerts, sentences }: DeviceTurn): FleetTurn {
  const none: FleetTurn = {
    device: 0,
    turn: 0,
    warmup: false,
    outcome: 'answered',
    plannedAt: 0,
    dueAt: 0,
    speech: CLIP,
    speechMs: 0,
    packets: 0,
    replyMs: 0,
    underruns: [],
    overflows: 0,
    lostPackets: 0,
    complete: true,
    sentences: 0,
    silentSentences: 0,
  };
  const { firstSoundMs } = timeline;
  return {
    ...none,
    ...(firstSoundMs !== undefined && { firstSoundMs }),
    ...(sentences[0] && { firstSentence: sentences[0].text }),
    ...(alerts.length > 0 && { alerts }),
  };
}

function linesOf(all: readonly Started[]): Line[] {
  const ratios = all.map(({ netMs }) => (netMs[0] ?? Infinity) / (netMs[TURNS - 1] ?? Number.NaN));
  const of = (value: (start: Started) => number): number[] => all.map(value);
  const seconds = (values: readonly number[]): string => values.map((value) => (value / 1000).toFixed(2)).join(', ');
  return [
    { what: 'start until ready', value: `${seconds(of(({ readyMs }) => readyMs))} s` },
    {
      what: 'turns answered',
      value: all.map(({ answered }) => `${answered} of ${TURNS}`).join(', '),
      holds: all.every(({ answered }) => answered === TURNS),
    },
    ...all.map(({ netMs }, n) => ({
      what: `start ${n + 1}: end of speech to first sound, turn by turn`,
      value: netMs.map((value) => value.toFixed(0)).join(' '),
    })),
    atMost('first turn against the tenth, median of the starts', percentile(ratios, 0.5), 1.2, 'x', 2),
    { what: 'first turn against the tenth, each start', value: ratios.map((value) => value.toFixed(2)).join(', ') },
    atMost(
      'first answer after the end of speech (with the language model), worst',
      Math.max(...of(({ firstAnswerMs }) => firstAnswerMs)),
      FIRST_ANSWER_MS,
      'ms',
    ),
    atMost(
      'first turn from its first word to its last sound, worst',
      Math.max(...of(({ firstTurnMs }) => firstTurnMs)),
      END_TO_END_MS,
      'ms',
    ),
    atMost(
      'first answer for a person who talks as soon as the port is open, after the end of speech, worst',
      Math.max(...of(({ impatient }) => impatient.answerMs)),
      FIRST_ANSWER_MS,
      'ms',
    ),
    atMost(
      'the same, since the start of the process, worst',
      Math.max(...of(({ impatient }) => impatient.sinceStartMs)),
      END_TO_END_MS,
      'ms',
    ),
  ];
}
