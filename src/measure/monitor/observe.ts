import { sleep, type Clock } from '../../core/index.js';
import {
  fleetDevices,
  fleetOptions,
  type FleetContext,
  type FleetOptions,
  type FleetProgress,
  type FleetResult,
} from '../fleet/index.js';
import type { MachineDescription, MachineSample, Sampler } from '../../platform/machine/index.js';
import type { MonitorMode, Observation, ServerSample } from './observation.js';
import type { ServerIdentity } from '../observer/server-client.js';
import { ServerClient } from '../observer/server-client.js';
import { watch } from './watch.js';

export interface MonitorOptions {
  readonly mode: MonitorMode;
  readonly durationMs: number;
  readonly connections: number;
  /** OTA address of the server, e.g. `http://127.0.0.1:8000/xiaozhi/ota/`. */
  readonly otaUrl: string;
  readonly localToken: string | undefined;
  readonly metricsToken: string | undefined;
  /** True if the server runs on this machine. */
  readonly local: boolean;
  /** The server's main process, if known. */
  readonly pid: number | undefined;
  /** Language that the simulated devices report. By default the server's recognition and `preferChinese` decide. */
  readonly language: string | undefined;
  readonly preferChinese: boolean;
}

export interface MonitorContext {
  readonly clock: Clock;
  /** Ends the observation early. The samples until the abort are kept. */
  readonly signal: AbortSignal;
  readonly sampler: Sampler | undefined;
  readonly machine: MachineDescription | undefined;
  readonly runFleet: (options: FleetOptions, context: FleetContext) => Promise<FleetResult>;
  readonly onReached?: () => void;
  readonly onProgress?: (progress: MonitorProgress) => void;
}

export interface MonitorProgress {
  readonly elapsedMs: number;
  readonly machine: MachineSample | undefined;
  readonly server: ServerSample | undefined;
  readonly fleet: FleetProgress | undefined;
}

/** Time in which devices connect and say their first words. */
const WARMUP_MS = 10_000;
/** Approximate maximum number of samples of an observation of any length. A chart shows no more. */
const MAX_SAMPLES = 600;
const SAMPLE_EVERY_MS = 1000;
/** Number of the first simulated device. Other fleets use other numbers. */
const FIRST_DEVICE = 6_000_000;

/** Errors: `device.unreachable`, and the errors of the fleet. */
export async function observe(options: MonitorOptions, context: MonitorContext): Promise<Observation> {
  const { mode, durationMs, otaUrl, local } = options;
  const { clock, signal } = context;
  const client = new ServerClient({
    baseUrl: new URL(otaUrl).origin,
    localToken: options.localToken,
    metricsToken: options.metricsToken,
    clock,
  });
  const server = await identify(client, options.pid, signal);
  context.onReached?.();
  const startedWallMs = clock.wallMs();
  const startMs = clock.nowMs();
  const warmupMs = mode === 'monitor' ? 0 : Math.min(WARMUP_MS, durationMs / 4);
  const stop = new AbortController();
  let latest: Omit<MonitorProgress, 'elapsedMs'> = { machine: undefined, server: undefined, fleet: undefined };
  const tell = (news: Partial<typeof latest>): void => {
    latest = { ...latest, ...news };
    context.onProgress?.({ ...latest, elapsedMs: clock.nowMs() - startMs });
  };
  const watching = watch(
    {
      clock,
      client,
      sampler: mode === 'test' ? undefined : context.sampler,
      everyMs: Math.max(SAMPLE_EVERY_MS, durationMs / MAX_SAMPLES),
      onSample: (machine, sample) => tell({ machine, server: sample }),
    },
    stop.signal,
  );
  let fleet: FleetResult | undefined;
  try {
    if (mode === 'monitor') await sleep(clock, durationMs, signal).catch(() => undefined);
    else
      fleet = await context.runFleet(loadOf(options, server, warmupMs), {
        clock,
        signal,
        onProgress: (progress) => tell({ fleet: progress }),
      });
  } finally {
    stop.abort();
    await watching;
  }
  const elapsedMs = clock.nowMs() - startMs;
  const seen = await watching;
  if (fleet) await client.forget([...fleetDevices(fleet.options).keys()], AbortSignal.any([]));
  return {
    mode,
    local,
    startedWallMs,
    elapsedMs,
    ...counted(fleet, startedWallMs, elapsedMs),
    interrupted: signal.aborted,
    machine: local ? context.machine : undefined,
    server,
    ...seen,
    fleet,
  };
}

/** The fleet's warm-up begins only after its speech has been loaded and its processes run. */
function counted(
  fleet: FleetResult | undefined,
  startedWallMs: number,
  elapsedMs: number,
): Pick<Observation, 'countedFromS' | 'countedToS'> {
  const begunS = fleet ? (Date.parse(fleet.startedAt) - startedWallMs) / 1000 : 0;
  const mark = (what: FleetResult['marks'][number]['what']): number | undefined =>
    fleet?.marks.find((found) => found.what === what)?.atS;
  const [from, to] = [mark('counted_from'), mark('planned_end')];
  return {
    countedFromS: from === undefined ? 0 : begunS + from,
    countedToS: to === undefined ? elapsedMs / 1000 : begunS + to,
  };
}

async function identify(client: ServerClient, pid: number | undefined, signal: AbortSignal): Promise<ServerIdentity> {
  const identity = await client.identify(signal);
  const build = (await client.metrics(signal))?.find(({ name }) => name === 'chorus_build_info');
  return { ...identity, pid, version: build?.labels['version'] };
}

function loadOf(
  { otaUrl, localToken, connections, durationMs, language, preferChinese }: MonitorOptions,
  { recognition }: ServerIdentity,
  warmupMs: number,
): FleetOptions {
  return fleetOptions({
    otaUrl,
    ...(localToken !== undefined && { localToken }),
    devices: connections,
    durationMs: durationMs - warmupMs,
    warmupMs,
    // The devices always speak English. Chinese recognition understands English, too.
    language: language ?? (preferChinese && recognition?.['zh'] !== undefined ? 'zh-CN' : 'en-US'),
    firstDevice: FIRST_DEVICE,
  });
}
