import { sleep, systemClock as clock, Scope } from '../src/core/index.js';
import { MusicPlayer, musicFolder } from './music-player.js';
import { atMost, report, type Line } from './results.js';
import { startServer } from './servers.js';
import { ServerWatch, type Look } from './server-watch.js';

/** Largest allowed number of cores for one device's music. */
const CORES = 0.1;
const STOP_MS = 300;
/** Time in which decoders are compiled and queues fill, after all devices have begun. */
const SETTLE_MS = 15_000;
/** Growth of memory that garbage alone can cause. A player that kept its decoded music would grow by 170 MB an hour. */
const GROWTH_MB = 20;
const TITLES = ['Story', 'Concert'] as const;

/**
 * Several devices play music, half of them MP3 and half FLAC. Measures cost, memory, gaps, and the time until the music
 * stops.
 */
export async function music(devices: number, forMs: number): Promise<boolean> {
  const { folder, remove } = await musicFolder(Math.ceil((forMs + SETTLE_MS) / 1000) + 30);
  const server = await startServer([`tools.music.folders=${JSON.stringify([folder])}`, 'load.target=off']);
  const scope = new Scope('music', (name, error) => console.error(name, error));
  try {
    const watch = new ServerWatch(server, scope, { metrics: false });
    const players = Array.from(
      { length: devices },
      (_, index) => new MusicPlayer(server, index, TITLES[index % 2] ?? ''),
    );
    for (const player of players) await player.start();
    await sleep(clock, SETTLE_MS);
    const before = players.map((player) => player.heard().seconds);
    const looks = await watch.during(forMs);
    const heard = players.map((player) => player.heard());
    const stopsMs = await Promise.all(players.map((player) => player.stop()));
    for (const player of players) player.close();
    const cores = coresOf(looks);
    const seconds = heard.map(({ seconds: all }, at) => all - (before[at] ?? 0));
    const lines: Line[] = [
      { what: 'measured', value: `${devices} devices for ${(forMs / 1000).toFixed(0)} s, half MP3, half FLAC` },
      atMost('cores for each device, including the cost of the idle server', cores / devices, CORES, 'cores', 4),
      atMost('growth of memory, last third over first third', growthMb(looks), GROWTH_MB, 'MB', 1),
      {
        what: 'received sound divided by elapsed time, lowest of all devices',
        value: (Math.min(...seconds) / (forMs / 1000)).toFixed(3),
        holds: Math.min(...seconds) >= (forMs / 1000) * 0.97,
      },
      atMost(
        'holes, all devices',
        heard.reduce((sum, { holes }) => sum + holes, 0),
        0,
        '',
      ),
      atMost('from the button to the last packet, slowest device', Math.max(...stopsMs), STOP_MS, 'ms'),
    ];
    return report('music', lines, { devices, forMs, looks, seconds, stopsMs });
  } finally {
    await scope.close('run over');
    await server.stop();
    await remove();
  }
}

function coresOf(looks: readonly Look[]): number {
  const [first, last] = [looks[0], looks.at(-1)];
  return first && last ? (last.cpuSeconds - first.cpuSeconds) / ((last.atMs - first.atMs) / 1000) : Number.NaN;
}

/** Growth of the mean resident size of all processes. */
function growthMb(looks: readonly Look[]): number {
  const third = Math.floor(looks.length / 3);
  const mean = (some: readonly Look[]): number =>
    some.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) / some.length / 1e6;
  return mean(looks.slice(-third)) - mean(looks.slice(0, third));
}
