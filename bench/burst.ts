import { askOta, fleetIdentity } from '../src/measure/fleet/index.js';
import { percentile } from '../src/measure/statistics.js';
import { systemClock } from '../src/core/index.js';
import { RawDevice } from '../test/e2e/raw-device.js';
import { utterance } from '../test/e2e/transcripts.js';
import { atMost, report } from './results.js';
import { startServer } from './servers.js';

/**
 * Number of packets that a device buffers while its network is stalled, and then sends at once (docs/protocol.md 4.1).
 */
const BURST_PACKETS = 40;

/**
 * Measures the time from a burst of 40 packets to the recognised text. The same speech in real time is measured for
 * comparison.
 */
export async function burst(rounds: number): Promise<boolean> {
  const server = await startServer();
  try {
    const packets = utterance('austen-0930').slice(0, -20);
    const { localToken } = server;
    const textAfterMs = async (index: number, held: number): Promise<number> => {
      const identity = fleetIdentity(index, 'en-US');
      const { websocket } = await askOta(
        { url: server.otaUrl, identity, clock: systemClock, ...(localToken !== undefined && { localToken }) },
        AbortSignal.timeout(10_000),
      );
      if (!websocket) throw new Error('no address');
      const device = await RawDevice.connect({ ...websocket, identity });
      await device.hello();
      device.start('manual');
      await device.stream(packets.slice(0, packets.length - held));
      await new Promise<void>((resolve) => systemClock.after(held * 60, resolve));
      const fromMs = performance.now();
      device.burst(packets.slice(packets.length - held));
      device.stop();
      const text = await device.until('stt', (came) => came.type === 'text' && came.message['type'] === 'stt');
      device.vanish();
      return text.atMs - fromMs;
    };
    const held: number[] = [];
    const steady: number[] = [];
    for (let n = 0; n < rounds; n++) {
      steady.push(await textAfterMs(2 * n, 0));
      held.push(await textAfterMs(2 * n + 1, BURST_PACKETS));
    }
    return report(
      'burst',
      [
        atMost(`burst of ${BURST_PACKETS} packets to the text, worst of ${rounds}`, Math.max(...held), 500, 'ms'),
        { what: 'the same, median', value: `${percentile(held, 0.5).toFixed(0)} ms` },
        { what: 'the same speech in real time, median', value: `${percentile(steady, 0.5).toFixed(0)} ms` },
      ],
      { held, steady },
    );
  } finally {
    await server.stop();
  }
}
