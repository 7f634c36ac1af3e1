import { isAnswered, type FleetResult } from '../fleet/index.js';
import { summarise, type Summary } from '../statistics.js';
import type { ServerTurn } from '../observer/server-client.js';

/**
 * Figures of one device from the server's turn records. Those of a simulated device come from its own records where
 * these say more.
 */
export interface DeviceFigures {
  readonly deviceId: string;
  readonly simulated: boolean;
  readonly turns: number;
  readonly answered: number;
  /** End of speech to the first packet, as the server saw it. */
  readonly firstPacket: Summary;
  /** End of speech to the first sound, as heard; simulated devices only. */
  readonly firstSound: Summary | undefined;
  /** Times the pacer expected the device to run dry, and for how long. */
  readonly underrunsPredicted: number;
  readonly underrunPredictedMs: number;
  readonly underrunsHeard: number | undefined;
  /** Codes of errors in which turns ended. */
  readonly codes: readonly string[];
  /** Mean over the turns that had sound. */
  readonly partsMs: Readonly<Record<Part, number>> | undefined;
}

/** Consecutive parts of the time from the end of speech to the first packet. Together they are all of it. */
export const PARTS = ['endpoint', 'transcript', 'llm', 'voice'] as const;
export type Part = (typeof PARTS)[number];

/** Outcomes of the server's records that are answers. */
const ANSWERED: ReadonlySet<string> = new Set(['answered', 'interrupted', 'exit']);

/** Real devices first, then by address. */
export function deviceFigures(turns: readonly ServerTurn[], fleet: FleetResult | undefined): DeviceFigures[] {
  const simulated = new Map((fleet?.devices ?? []).map((device) => [device.deviceId, device.device]));
  const ids = [...new Set(turns.map(({ deviceId }) => deviceId))];
  return ids
    .map((deviceId): DeviceFigures => {
      const own = turns.filter((turn) => turn.deviceId === deviceId);
      const number = simulated.get(deviceId);
      const heard =
        number === undefined
          ? undefined
          : (fleet?.turns ?? []).filter(({ device, warmup }) => device === number && !warmup);
      return {
        deviceId,
        simulated: number !== undefined,
        // A simulated device counts the turns that began after the warm-up, as the headline does.
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

/** Mean parts of the turns that had sound. Undefined: none had. */
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

/** A filler may sound before the model has said anything. */
function llmOf(stagesMs: ServerTurn['stagesMs']): number {
  return Math.min(stagesMs['llm_first_chunk'] ?? 0, stagesMs['first_packet'] ?? 0);
}
