import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';
import { readSendTimes, spacingLine } from './send-times.js';
import { sendTimes, startServer } from './servers.js';
import { cpuSeconds, judge, megabytes, p50AndP95, sounds, talk } from './talk.js';

/** Measures several devices at once, with all three sizes of the playback queue. */
export async function several(devices: number, durationMs: number): Promise<boolean> {
  const sendTimesFile = join(tmpdir(), `chorus-bench-sent-${process.pid}.json`);
  const server = await startServer(['server.rate_limit_per_minute=10000'], sendTimes(sendTimesFile));
  try {
    const clips = loadClips();
    const cpuBefore = await cpuSeconds(server);
    const startMs = performance.now();
    const done = (
      await Promise.all(Array.from({ length: devices }, (_, index) => talk(server, index, clips, { durationMs })))
    ).flat();
    const seconds = (performance.now() - startMs) / 1000;
    const cpu = (await cpuSeconds(server)) - cpuBefore;
    const memory = await megabytes(server);
    await server.stop();
    return report(
      `devices-${devices}`,
      [
        ...judge(done),
        spacingLine(readSendTimes(sendTimesFile)),
        { what: 'end of speech to first sound, p50 / p95', value: p50AndP95(sounds(done)) },
        { what: 'CPU of the server', value: `${(cpu / seconds).toFixed(2)} cores` },
        atMost('memory (PSS, all processes)', memory, 700, 'MB'),
      ],
      done.map(({ clip, record }) => ({ clip: clip.name, ...record })),
    );
  } finally {
    await server.stop();
    rmSync(sendTimesFile, { force: true });
  }
}
