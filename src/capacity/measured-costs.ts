import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { MachineDescription } from '../platform/machine/index.js';

const fileSchema = z.object({
  version: z.literal(1),
  costs: z.record(z.string(), z.object({ coreSeconds: z.number().positive().max(100), measuredAt: z.string() })),
});
type CostFile = z.output<typeof fileSchema>;

const FILE = 'measured-costs.json';
/** Keeps the file small if a data folder is used on many machines. */
const MAX_ENTRIES = 64;
/** In a key, between the model and the version of its runtime. */
const RUNTIME = ' | sherpa-onnx ';

/**
 * Costs are stored under this key. Another CPU, number of cores or version of sherpa-onnx gives another key, so the
 * cost is measured again.
 */
export function costKey(
  machine: MachineDescription,
  kind: 'asr' | 'tts',
  model: string,
  runtime: string | undefined,
): string {
  return `${keyOf(machine, kind)}${model}${runtime === undefined ? '' : `${RUNTIME}${runtime}`}`;
}

const keyOf = ({ cpu, cores, vnni }: MachineDescription, kind: 'asr' | 'tts' | 'conversation'): string =>
  [cpu, `${cores} cores`, vnni ? 'vnni' : 'no vnni', kind, ''].join(' | ');

/** Recognition cost of a model on this machine, from the self-test. */
export interface RecognitionCost {
  readonly model: string;
  /** CPU time of all threads per second of speech, in ms, measured with a clip of about five seconds. */
  readonly msPerSpeechSecond: number;
}

/**
 * Key for the cost of a conversation with the models that were used last. This cost applies until the models are
 * loaded.
 */
export function conversationKey({ cpu, cores, vnni }: MachineDescription): string {
  return [cpu, `${cores} cores`, vnni ? 'vnni' : 'no vnni', 'conversation'].join(' | ');
}

/**
 * Costs of recognition, synthesis and conversations, for each machine that used this data folder. If the file is
 * unreadable, the costs are measured again.
 */
export class MeasuredCosts {
  private constructor(
    private readonly dataDir: string,
    private readonly costs: CostFile['costs'],
  ) {}

  static async load(dataDir: string): Promise<MeasuredCosts> {
    try {
      return new MeasuredCosts(
        dataDir,
        fileSchema.parse(JSON.parse(await readFile(join(dataDir, FILE), 'utf8'))).costs,
      );
    } catch {
      return new MeasuredCosts(dataDir, {});
    }
  }

  /** Returns core seconds per second of speech, or the cores of a conversation. */
  get(key: string): number | undefined {
    return Object.hasOwn(this.costs, key) ? this.costs[key]?.coreSeconds : undefined;
  }

  /** The costs of all models timed on this machine with this version of sherpa-onnx. */
  recognition(machine: MachineDescription, runtime: string | undefined): readonly RecognitionCost[] {
    const before = keyOf(machine, 'asr');
    return Object.entries(this.costs).flatMap(([key, { coreSeconds }]) => {
      const [model = '', version] = key.slice(before.length).split(RUNTIME);
      return key.startsWith(before) && version === runtime
        ? [{ model, msPerSpeechSecond: Math.round(coreSeconds * 10_000) / 10 }]
        : [];
    });
  }

  /** Rejects if the data folder is not writable. */
  async set(key: string, coreSeconds: number, measuredAt: string): Promise<void> {
    this.costs[key] = { coreSeconds, measuredAt };
    const newest = Object.entries(this.costs)
      .sort(([, a], [, b]) => b.measuredAt.localeCompare(a.measuredAt))
      .slice(0, MAX_ENTRIES);
    const file: CostFile = { version: 1, costs: Object.fromEntries(newest) };
    const path = join(this.dataDir, FILE);
    await writeFile(`${path}.new`, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
