import { percentile } from '../src/measure/statistics.js';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';
import { startServer } from './servers.js';
import { judge, megabytes, sounds, talk } from './talk.js';

/**
 * Measures one device: the time from the end of speech to the first sound, and the first turn compared with the median
 * of later turns of the same clip.
 */
export async function one(turns: number): Promise<boolean> {
  const server = await startServer();
  try {
    const done = await talk(server, 0, loadClips(), { turns });
    const latency = sounds(done);
    // Clips differ in length and in how their end is detected, so only turns of the same clip are compared.
    const first = latency[0] ?? Number.NaN;
    const later = percentile(
      done
        .filter(({ clip }, n) => n > 0 && clip === done[0]?.clip)
        .flatMap(({ record }) => record.timeline.firstSoundMs ?? []),
      0.5,
    );
    return report(
      'one-device',
      [
        atMost('ready after start', server.readyMs, 10_000, 'ms'),
        atMost('end of speech to first sound, p50', percentile(latency, 0.5), 800, 'ms'),
        atMost('end of speech to first sound, p95', percentile(latency, 0.95), 1100, 'ms'),
        ...(Number.isNaN(later)
          ? []
          : [atMost('first turn against later ones of the same clip', first / later, 1.2, 'x', 2)]),
        ...judge(done),
        atMost('memory (PSS, all processes)', await megabytes(server), 700, 'MB'),
      ],
      done.map(({ clip, record }) => ({ clip: clip.name, ...record })),
    );
  } finally {
    await server.stop();
  }
}
