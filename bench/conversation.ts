import { systemClock } from '../src/core/index.js';
import { fleetIdentity, SimulatedDevice, type TurnRecord } from '../src/fleet/index.js';
import { readLocalToken } from '../src/server/index.js';
import { loadClips, type SpokenClip } from './clips.js';
import { processTree, processTreeCpuSeconds } from './machine.js';
import { percentile, wordErrorRate } from './percentile.js';
import { atMost, report, type Line } from './results.js';
import { startServer, type ServerUnderTest } from './server-under-test.js';

/** Queue of the device and a firmware version that has it (protocol.md 4.3). */
const DEVICES = [
  { queuePackets: 40, firmware: '2.4.2' },
  { queuePackets: 20, firmware: '2.5.0' },
  { queuePackets: 5, firmware: '1.5.0' },
];

interface Turn {
  readonly clip: SpokenClip;
  readonly record: TurnRecord;
}

/** Talks for `durationMs`, or `turns` turns: one clip after the other, each from a new press of the button or right after the last reply. */
async function talk(server: ServerUnderTest, index: number, clips: readonly SpokenClip[], until: { readonly durationMs?: number; readonly turns?: number }): Promise<Turn[]> {
  const kind = DEVICES[index % DEVICES.length] ?? { queuePackets: 40, firmware: '2.4.2' };
  const localToken = await readLocalToken(server.dataDir);
  const device = new SimulatedDevice({
    otaUrl: server.otaUrl,
    identity: fleetIdentity(index, 'en-US', kind.firmware),
    clock: systemClock,
    queuePackets: kind.queuePackets,
    ...(localToken === undefined ? {} : { localToken }),
  });
  await device.boot(AbortSignal.timeout(30_000));
  const turns: Turn[] = [];
  const startMs = systemClock.nowMs();
  for (let n = 0; n < (until.turns ?? Infinity) && systemClock.nowMs() - startMs < (until.durationMs ?? Infinity); n++) {
    const clip = clips[(n + index) % clips.length];
    if (!clip) break;
    turns.push({ clip, record: await device.say(clip.clip, { begin: 'click' }) });
  }
  device.close();
  return turns;
}

const sum = (turns: readonly Turn[], of: (record: TurnRecord) => number): number => turns.reduce((total, { record }) => total + of(record), 0);
const sounds = (turns: readonly Turn[]): number[] => turns.flatMap(({ record }) => (record.timeline.firstSoundMs === undefined ? [] : [record.timeline.firstSoundMs]));

function judge(turns: readonly Turn[]): Line[] {
  const answered = turns.filter(({ record }) => record.outcome === 'answered').length;
  const spacing = Math.min(...turns.map(({ record }) => record.minSpacingMs ?? Infinity));
  const perClip = new Map<string, { errors: number; words: number }>();
  for (const { clip, record } of turns) {
    const rate = wordErrorRate(clip.text, record.heard ?? '');
    const so = perClip.get(clip.name) ?? { errors: 0, words: 0 };
    perClip.set(clip.name, { errors: so.errors + rate.errors, words: so.words + rate.words });
  }
  const rates = [...perClip.values()];
  const all = rates.reduce((total, { errors, words }) => ({ errors: total.errors + errors, words: total.words + words }), { errors: 0, words: 0 });
  return [
    { what: 'turns answered', value: `${answered} of ${turns.length}`, holds: answered === turns.length },
    atMost('underruns', sum(turns, (record) => record.underruns), 0, ''),
    atMost('overflows', sum(turns, (record) => record.overflows), 0, ''),
    atMost('violations of the protocol', sum(turns, (record) => record.violations.length), 0, ''),
    // As they arrive at the device: the server sends at least 20 ms apart, and the loopback adds its jitter.
    { what: 'smallest distance of two packets as they arrived', value: `${spacing.toFixed(1)} ms` },
    atMost('word errors, worst clip', 100 * Math.max(...rates.map(({ errors, words }) => errors / words)), 15, '%', 1),
    atMost('word errors, all clips', (100 * all.errors) / all.words, 8, '%', 1),
  ];
}

async function megabytes(server: ServerUnderTest): Promise<number> {
  return (await processTree(server.pid)).reduce((total, { pssBytes }) => total + (pssBytes ?? 0), 0) / 2 ** 20;
}

const clips = loadClips();

/** One device: end of speech to first sound, first turn against tenth. */
async function one(turns: number): Promise<boolean> {
  const server = await startServer();
  try {
    const done = await talk(server, 0, clips, { turns });
    const latency = sounds(done);
    // The same clip at its first and at its later turns: a clip's own endpoint and length are no cold start.
    const first = latency[0] ?? Number.NaN;
    const later = percentile(done.filter(({ clip }, n) => n > 0 && clip === done[0]?.clip).flatMap(({ record }) => record.timeline.firstSoundMs ?? []), 0.5);
    return report(
      'one-device',
      [
        atMost('ready after start', server.readyMs, 10_000, 'ms'),
        atMost('end of speech to first sound, p50', percentile(latency, 0.5), 800, 'ms'),
        atMost('end of speech to first sound, p95', percentile(latency, 0.95), 1100, 'ms'),
        ...(Number.isNaN(later) ? [] : [atMost('first turn against later ones of the same clip', first / later, 1.2, 'x', 2)]),
        ...judge(done),
        atMost('memory (PSS, all processes)', await megabytes(server), 700, 'MB'),
      ],
      done.map(({ clip, record }) => ({ clip: clip.name, ...record })),
    );
  } finally {
    await server.stop();
  }
}

/** Several devices at once, with all three kinds of queue. */
async function several(devices: number, durationMs: number): Promise<boolean> {
  const server = await startServer(['server.rate_limit_per_minute=10000']);
  try {
    const cpuBefore = await processTreeCpuSeconds(server.pid);
    const startMs = performance.now();
    const done = (await Promise.all(Array.from({ length: devices }, (_, index) => talk(server, index, clips, { durationMs })))).flat();
    const seconds = (performance.now() - startMs) / 1000;
    const cpu = await processTreeCpuSeconds(server.pid) - cpuBefore;
    const latency = sounds(done);
    return report(
      `devices-${devices}`,
      [
        ...judge(done),
        { what: 'end of speech to first sound, p50 / p95', value: `${percentile(latency, 0.5).toFixed(0)} / ${percentile(latency, 0.95).toFixed(0)} ms` },
        { what: 'CPU of the server', value: `${(cpu / seconds).toFixed(2)} cores` },
        atMost('memory (PSS, all processes)', await megabytes(server), 700, 'MB'),
      ],
      done.map(({ clip, record }) => ({ clip: clip.name, ...record })),
    );
  } finally {
    await server.stop();
  }
}

/** Idle connections, and connections that come, talk and go. */
async function memory(): Promise<boolean> {
  const server = await startServer(['server.rate_limit_per_minute=100000', 'auth.auto_bind_max=1000', 'max_concurrent_sessions=50']);
  try {
    await talk(server, 0, clips, { turns: 1 });
    const before = await megabytes(server);
    const idle = await Promise.all(Array.from({ length: 200 }, (_, n) => connectIdle(server, 1000 + n)));
    const with200 = await megabytes(server);
    for (const device of idle) device.close();
    const short = clips.filter(({ name }) => name === 'austen-0880');
    let at100 = Number.NaN;
    for (let round = 0; round < 30; round++) {
      await Promise.all(Array.from({ length: 10 }, (_, n) => talk(server, 2000 + round * 10 + n, short, { turns: 1 })));
      if (round === 9) at100 = await megabytes(server);
    }
    const at300 = await megabytes(server);
    return report(
      'memory',
      [
        atMost('after one turn (PSS, all processes)', before, 700, 'MB'),
        atMost('added by 200 idle connections', with200 - before, 20, 'MB', 1),
        atMost('after 300 connections that talked, against 100', at300 / at100, 1.05, 'x', 3),
      ],
      { before, with200, at100, at300, processes: await processTree(server.pid) },
    );
  } finally {
    await server.stop();
  }
}

async function connectIdle(server: ServerUnderTest, index: number): Promise<SimulatedDevice> {
  const localToken = await readLocalToken(server.dataDir);
  const connected = { resolve: (): void => undefined };
  const listening = new Promise<void>((resolve) => (connected.resolve = resolve));
  const device = new SimulatedDevice({
    otaUrl: server.otaUrl,
    identity: fleetIdentity(index, 'en-US'),
    clock: systemClock,
    ...(localToken === undefined ? {} : { localToken }),
    onEvent: (event) => {
      if (event.type === 'microphone') connected.resolve();
    },
  });
  await device.boot(AbortSignal.timeout(30_000));
  device.press();
  await listening;
  device.release();
  return device;
}

const [what = 'one', count, seconds] = process.argv.slice(2);
const holds =
  what === 'one' ? await one(Number(count ?? 20))
  : what === 'several' ? await several(Number(count ?? 5), Number(seconds ?? 120) * 1000)
  : what === 'memory' ? await memory()
  : (console.error('usage: npm run bench -- one [TURNS] | several [DEVICES] [SECONDS] | memory'), false);
process.exitCode = holds ? 0 : 1;
