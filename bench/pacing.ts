import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStandIns, standInOptions } from '../src/measure/bench/stand-ins/index.js';
import { Scope, systemClock } from '../src/core/index.js';
import { percentile } from '../src/measure/statistics.js';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';
import { readSendTimes, replies, spacingLine } from './send-times.js';
import { sendTimes, startServer } from './servers.js';
import { judge, talk } from './talk.js';

const FRAME_MS = 60;
/** Number of first packets that are not judged, because the server sends the first seconds faster than real time. */
const SETTLED_PACKETS = 100;

/**
 * Plays more than a minute of speech to five devices with playback queues of 40, 20 or 5 packets. Measures the
 * deviation of each packet from a steady rhythm.
 */
export async function pacing(): Promise<boolean> {
  const scope = new Scope('bench', (name, error) => console.error(name, error));
  const sendTimesFile = join(tmpdir(), `chorus-bench-sent-${process.pid}.json`);
  const behaviour = standInOptions.parse({ llm: { replySeconds: { mean: 75, spread: 0, from: 75, to: 75 } } });
  const { llmPort } = await startStandIns({
    behaviour,
    host: '127.0.0.1',
    llmPort: 0,
    ttsPort: 0,
    clock: systemClock,
    scope,
  });
  const server = await startServer(
    [`llm.base_url=http://127.0.0.1:${llmPort}/v1`, 'llm.model=stand-in', 'llm.total_ms=120000'],
    sendTimes(sendTimesFile),
  );
  try {
    const short = loadClips().filter(({ name }) => name === 'austen-0930');
    const done = (
      await Promise.all(Array.from({ length: 5 }, (_, index) => talk(server, index, short, { turns: 1 })))
    ).flat();
    await server.stop();
    const sent = readSendTimes(sendTimesFile);
    const errors = replies(sent).map((packets) => {
      const settled = packets.slice(SETTLED_PACKETS).map((atMs, i) => atMs - i * FRAME_MS);
      const steady = percentile(settled, 0.5);
      return settled.map((offset) => Math.abs(offset - steady));
    });
    const seconds = replies(sent).map((packets) => (packets.length * FRAME_MS) / 1000);
    return report(
      'pacing',
      [
        ...judge(done),
        {
          what: 'speech of each reply',
          value: `${Math.min(...seconds).toFixed(0)} to ${Math.max(...seconds).toFixed(0)} s`,
          bound: 'at least 60 s',
          holds: Math.min(...seconds) >= 60,
        },
        spacingLine(sent),
        atMost('pacing error, worst packet of all', Math.max(...errors.flat()), FRAME_MS, 'ms', 1),
        {
          what: 'pacing error, p50 / p99',
          value: `${percentile(errors.flat(), 0.5).toFixed(1)} / ${percentile(errors.flat(), 0.99).toFixed(1)} ms`,
        },
      ],
      { seconds, errors: errors.map((list) => ({ packets: list.length, worstMs: Math.max(...list) })) },
    );
  } finally {
    await server.stop();
    await scope.close('done');
    rmSync(sendTimesFile, { force: true });
  }
}
