import { standInSettings } from '../src/measure/bench/server-settings.js';
import { startStandInProcess } from '../src/measure/bench/stand-in-process.js';
import { MIXED_QUEUES, standInOptions } from '../src/measure/bench/index.js';
import { Scope, systemClock } from '../src/core/index.js';
import { fleetOptions, runFleet, type FleetProgress, type FleetResult } from '../src/measure/fleet/index.js';
import { startServer, type ServerUnderTest, type Watched } from './server-under-test.js';

export interface TalkingServer {
  readonly server: ServerUnderTest;
  /** So many devices talk (scenario `steady`, all three kinds of queue) for so long after a warm-up of 15 s; those under way are heard to their end. */
  talk(
    devices: number,
    durationMs: number,
    signal: AbortSignal,
    onProgress?: (progress: FleetProgress) => void,
  ): Promise<FleetResult>;
  stop(): Promise<void>;
}

/** A server that recognises really (Moonshine) and is answered by the stand-ins of `chorus bench` as language model and voice. */
export async function startTalkingServer(settings: readonly string[], watched?: Watched): Promise<TalkingServer> {
  const scope = new Scope('stand-ins', (name, error) => console.error(name, error));
  try {
    const standIns = await startStandInProcess(
      { behaviour: standInOptions.parse({}), env: process.env, clock: systemClock, scope },
      new AbortController().signal,
    );
    const server = await startServer(
      [
        'server.rate_limit_per_minute=100000',
        'auth.auto_bind_max=10000',
        'session.language=en-US',
        'load.target=off',
        ...standInSettings(standIns),
        ...settings,
      ],
      watched,
    );
    return {
      server,
      async talk(devices, durationMs, signal, onProgress) {
        const { otaUrl, localToken } = server;
        const options = fleetOptions({
          otaUrl,
          devices,
          durationMs,
          queues: MIXED_QUEUES,
          ...(localToken !== undefined && { localToken }),
        });
        return await Promise.race([
          runFleet(options, { clock: systemClock, signal, ...(onProgress && { onProgress }) }),
          server.unexpectedEnd,
        ]);
      },
      async stop() {
        await server.stop();
        await scope.close('bench over');
      },
    };
  } catch (error) {
    await scope.close('bench failed');
    throw error;
  }
}
