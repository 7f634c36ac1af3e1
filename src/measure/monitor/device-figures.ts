import { fleetDevices, isAnswered, type FleetResult } from '../fleet/index.js';
import { summarise, type Summary } from '../statistics.js';
import type { ServerTurn } from '../observer/server-client.js';

/** Figures of one device from the server's turn records. A simulated device's own records have priority. */
export interface DeviceFigures {
  readonly deviceId: string;
  readonly simulated: boolean;
  readonly turns: number;
  readonly answered: number;
  /** Time from the end of speech to the first packet, as the server measured it. */
  readonly firstPacket: Summary;
  /** Time from the end of speech to the first sound played. Undefined for real devices. */
  readonly firstSound: Summary | undefined;
  readonly underrunsPredicted: number;
  readonly underrunPredictedMs: number;
  readonly underrunsHeard: number | undefined;
  readonly codes: readonly string[];
  readonly partsMs: Readonly<Record<Part, number>> | undefined;
}

/** Consecutive intervals from the end of speech to the first packet. Together they are the whole time. */
export const PARTS = ['endpoint', 'transcript', 'llm', 'voice'] as const;
export type Part = (typeof PARTS)[number];

const ANSWERED: ReadonlySet<string> = new Set(['answered', 'interrupted', 'exit']);

export function deviceFigures(turns: readonly ServerTurn[], fleet: FleetResult | undefined): DeviceFigures[] {
  const simulated = fleet && fleetDevices(fleet.options);
  const ids = [...new Set(turns.map(({ deviceId }) => deviceId))];
  return ids
    .map((deviceId): DeviceFigures => {
      const own = turns.filter((turn) => turn.deviceId === deviceId);
      const number = simulated?.get(deviceId);
      const heard =
        number === undefined
          ? undefined
          : (fleet?.turns ?? []).filter(({ device, warmup }) => device === number && !warmup);
      return {
        deviceId,
        simulated: number !== undefined,
        // For a simulated device, only turns after the warm-up count.
        turns: heard?.length ?? own.length,
        answered: heard ? heard.filter(isAnswered).length : own.filter(({ outcome }) => ANSWERED.has(outcome)).length,
        firstPacket: summarise(own.map(({ stagesMs }) => stagesMs['speech_end_to_first_packet'])),
        firstSound: heard && summarise(heard.map(({ firstSoundMs }) => firstSoundMs)),
        underrunsPredicted: own.reduce((sum, { underruns }) => sum + underruns, 0),
        underrunPredictedMs: own.reduce((sum, { underrunMs }) => sum + underrunMs, 0),
        underrunsHeard: heard?.reduce((sum, { underruns }) => sum + underruns.length, 0),
        codes: [...new Set(own.flatMap(({ code }) => code ?? []))],
        partsMs: partsOf(own),
      };
    })
    .sort((a, b) => Number(a.simulated) - Number(b.simulated) || a.deviceId.localeCompare(b.deviceId));
}

/** Returns undefined if no turn had sound. */
export function partsOf(turns: readonly ServerTurn[]): Record<Part, number> | undefined {
  const sounded = turns.filter(({ stagesMs }) => stagesMs['first_packet'] !== undefined);
  if (sounded.length === 0) return undefined;
  const mean = (of: (stagesMs: ServerTurn['stagesMs']) => number): number =>
    sounded.reduce((sum, { stagesMs }) => sum + of(stagesMs), 0) / sounded.length;
  return {
    endpoint: mean((stagesMs) => stagesMs['endpoint'] ?? 0),
    transcript: mean((stagesMs) => stagesMs['transcript'] ?? 0),
    llm: mean(llmOf),
    voice: mean((stagesMs) => (stagesMs['first_packet'] ?? 0) - llmOf(stagesMs)),
  };
}

/** A filler may be played before the model has written anything. Only the time until the first packet counts. */
function llmOf(stagesMs: ServerTurn['stagesMs']): number {
  return Math.min(stagesMs['llm_first_chunk'] ?? 0, stagesMs['first_packet'] ?? 0);
}
