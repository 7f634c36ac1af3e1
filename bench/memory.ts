import { createSampler } from '../src/platform/machine/index.js';
import { systemClock } from '../src/core/index.js';
import type { SimulatedDevice } from '../src/measure/fleet/index.js';
import { loadClips } from './clips.js';
import { atMost, report } from './results.js';
import { startServer, type ServerUnderTest } from './servers.js';
import { bootDevice, megabytes, talk } from './talk.js';

const AT_ONCE = 10;

/** Measures the memory of idle connections, and of connections that open, talk and close. */
export async function memory(): Promise<boolean> {
  const server = await startServer([
    'server.rate_limit_per_minute=100000',
    'auth.auto_bind_max=1000',
    'max_concurrent_sessions=50',
  ]);
  try {
    const clips = loadClips();
    await talk(server, 0, clips, { turns: 1 });
    const before = await megabytes(server);
    // The devices connect one after another. If all asked for their address at once, the garbage of these requests
    // would count as the cost of connections.
    const idle: SimulatedDevice[] = [];
    for (let n = 0; n < 200; n++) idle.push(await connectIdle(server, 1000 + n));
    const with200 = await megabytes(server);
    for (const device of idle) device.close();
    const short = clips.filter(({ name }) => name === 'austen-0880');
    const after: number[] = [];
    let answered = 0;
    for (let round = 0; round < 300 / AT_ONCE; round++) {
      const turns = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, n) => talk(server, 2000 + round * AT_ONCE + n, short, { turns: 1 })),
      );
      answered += turns.flat().filter(({ record }) => record.outcome === 'answered').length;
      after.push(await megabytes(server));
    }
    const at100 = after[100 / AT_ONCE - 1] ?? Number.NaN;
    const at300 = after.at(-1) ?? Number.NaN;
    return report(
      'memory',
      [
        atMost('after one turn (PSS, all processes)', before, 700, 'MB'),
        atMost('added by 200 idle connections', with200 - before, 20, 'MB', 1),
        { what: 'connections that talked and were answered', value: `${answered} of 300`, holds: answered === 300 },
        atMost('after 300 connections, against after 100', at300 / at100, 1.05, 'x', 3),
      ],
      {
        before,
        with200,
        after,
        processes: (await createSampler({ rootPid: server.pid, clock: systemClock }).sample()).processes,
      },
    );
  } finally {
    await server.stop();
  }
}

async function connectIdle(server: ServerUnderTest, index: number): Promise<SimulatedDevice> {
  let connected = (): void => undefined;
  const listening = new Promise<void>((resolve) => (connected = resolve));
  const device = await bootDevice(server, index, { onEvent: ({ type }) => type === 'microphone' && connected() });
  device.press();
  await listening;
  device.release();
  return device;
}
