import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { MachineDescription } from '../platform/machine/index.js';

const fileSchema = z.object({
  version: z.literal(1),
  /** By machine and model. */
  costs: z.record(z.string(), z.object({ coreSeconds: z.number().positive().max(100), measuredAt: z.string() })),
});
type CostFile = z.output<typeof fileSchema>;

const FILE = 'measured-costs.json';
/** A data folder that wanders from machine to machine does not grow for ever. */
const MAX_ENTRIES = 64;

/** Which machine, which work: another CPU, another number of cores or another form of a model is timed anew. */
export function costKey({ cpu, cores, vnni }: MachineDescription, kind: 'asr' | 'tts', model: string): string {
  return [cpu, `${cores} cores`, vnni ? 'vnni' : 'no vnni', kind, model].join(' | ');
}

/** Of one conversation with the models that were in use last: what is reckoned with before they are loaded. */
export function conversationKey({ cpu, cores, vnni }: MachineDescription): string {
  return [cpu, `${cores} cores`, vnni ? 'vnni' : 'no vnni', 'conversation'].join(' | ');
}

/** CPU of a second of speech, and of a conversation, on machines that this data folder has been on. A file that cannot be read is none: it is measured anew. */
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

  /** Core seconds. */
  get(key: string): number | undefined {
    return Object.hasOwn(this.costs, key) ? this.costs[key]?.coreSeconds : undefined;
  }

  /** Rejects when the folder cannot be written. */
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
