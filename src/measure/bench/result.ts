import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import { fleetSchema, type FleetResult } from '../fleet/index.js';
import { BENCH_TARGET_IDS } from './service-level.js';

const count = z.int().min(0);
const share = z.number().min(0);

const target = z.object({
  id: z.enum(BENCH_TARGET_IDS),
  measured: z.number().optional().meta({ description: 'ms, a count, or a share of 1.' }),
  bound: z.number(),
  outcome: z.enum(['holds', 'missed', 'unknown']),
});

const verdict = z.object({
  outcome: z.enum(['holds', 'missed', 'invalid']),
  reasons: z.array(z.string()),
  reasonsZh: z.array(z.string()).optional().meta({ description: 'The same in Chinese.' }),
  targets: z.array(target),
});

const observation = z.object({
  atS: z.number().meta({ description: 'Seconds since the fleet began.' }),
  serverCores: z.number().optional(),
  serverBytes: z.number().optional(),
  processes: z.array(
    z.object({
      name: z.string(),
      pid: count,
      cores: z.number().optional(),
      bytes: z.number().optional().meta({ description: 'Proportional set size; resident size where there is none.' }),
    }),
  ),
  machineCpuShare: share.optional(),
  cpuPressure: share.optional(),
  queueDepth: z.number().optional(),
  slotsBusy: z.number().optional(),
  talking: z.number().optional(),
  loopDelayP99Ms: z.number().optional(),
});

const lateness = z.object({ count, meanMs: z.number(), p99Ms: z.number(), maxMs: z.number() });

const kernel = z.object({
  what: z.string().meta({ description: 'asr, asr_speculative, vad, opus_decode, opus_encode, mp3_decode.' }),
  amount: z.number().meta({ description: 'As much as the run did, in `unit`.' }),
  unit: z.enum(['audio_seconds', 'windows', 'packets']),
  cpuMsEach: z.number().meta({ description: 'Measured in a tight loop: mean of before and after the run.' }),
  cores: z.number().meta({ description: 'What that is of a core, over the counted part of the run.' }),
});

const measuredKernels = z.object({
  when: z.enum(['before', 'after']).meta({
    description: 'Before the server started (in a search: before the first run), or after the run had ended.',
  }),
  rounds: count,
  cores: z
    .number()
    .meta({ description: 'What the work of the run costs by the median of the rounds, speculation included.' }),
  low: z.number().meta({ description: 'The same by single rounds: half of them lie from here to `high`.' }),
  high: z.number(),
});

const kernels = z.object({
  rows: z.array(kernel),
  cores: z.number().meta({ description: 'All of it, without the speculative decodes that were not used.' }),
  coresWithSpeculation: z.number(),
  measured: z
    .array(measuredKernels)
    .optional()
    .meta({
      description:
        'The figures here are the mean of these. More than 10 % apart: ' +
        'the machine was not the same before and after, and `serverOverKernels` says little.',
    }),
  serverOverKernels: z.number().optional().meta({ description: 'Server CPU over the kernels, speculation included.' }),
  runtime: z.string().optional().meta({ description: 'The speech runtime inside: sherpa-onnx and ONNX Runtime.' }),
  devicesOnTheseCores: z
    .number()
    .meta({ description: 'Talking devices whose kernels alone would fill the cores the server may use.' }),
  devicesBesideTheBench: z.number().optional().meta({
    description:
      'The same on what is left of these cores when the fleet and the stand-ins take their part for so many devices.',
  }),
});

const capacityStep = z.object({
  kind: z.enum(['probe', 'confirm', 'refute']),
  devices: count,
  holds: z.boolean(),
  durationS: z.number(),
  turns: count,
  missed: z.array(z.string()),
  disturbed: z
    .object({ en: z.string(), zh: z.string() })
    .optional()
    .meta({ description: 'Why the step says nothing of the server.' }),
  firstSoundP95Ms: z.number().optional(),
  cpuShare: z.number().optional(),
});

const capacity = z.object({
  devices: count.meta({ description: 'The largest number that met the service level; 0: not even one did.' }),
  confirmed: z.boolean(),
  refutedAt: count.optional(),
  guess: count,
  steps: z.array(capacityStep),
  elapsedS: z.number(),
});

/** A run, with all conditions that have to be stated together with its figures. */
export const benchResultSchema = z
  .object({
    format: z.literal('chorus-bench'),
    version: z.literal(1),
    chorus: z.string().meta({ description: 'Version.' }),
    command: z.string().meta({ description: 'Measures the same again.' }),
    startedAt: z.string(),
    machine: z.object({
      cpu: z.string(),
      cores: count,
      memoryGb: z.number(),
      vnni: z.boolean(),
      node: z.string(),
      os: z.string(),
      usableCores: z.number().meta({ description: 'Cores, or the quota, that the server may use.' }),
      memoryLimitBytes: z.number(),
    }),
    options: z.object({
      devices: count,
      durationS: z.number(),
      warmupS: z.number(),
      scenario: z.string(),
      seed: z.int(),
      queues: z.array(z.number()),
      language: z.string(),
      asr: z.string().meta({ description: 'What was asked for.' }),
      asrModel: z
        .string()
        .meta({ description: 'What ran; sensevoice-cost costs what SenseVoice costs and understands nothing.' }),
      llm: z.string(),
      tts: z.string(),
      standIns: z.unknown().optional(),
      settings: z.array(z.string()).meta({ description: 'All of the server under test.' }),
      url: z.string().optional(),
    }),
    serviceLevel: z.object({
      firstSoundP50Ms: z.number(),
      firstSoundP95Ms: z.number(),
      cpuShare: share,
      turnRate: share,
      wordErrorRate: share.optional(),
      fairness: share.optional(),
      memoryGrowth: share.optional(),
    }),
    verdict,
    llmOwn: z.object({
      requests: count,
      failed: count,
      medianMs: z.number(),
      p95Ms: z.number(),
      joined: count,
      firstSoundNetP50Ms: z.number().optional(),
      firstSoundNetP95Ms: z.number().optional(),
      fairness: share
        .optional()
        .meta({ description: 'Jain’s index of the devices’ medians of the first sound without it.' }),
    }),
    server: z.object({
      readyMs: z.number().optional(),
      cores: z.number().optional().meta({ description: 'Mean over the counted part.' }),
      cpuShare: share.optional().meta({ description: 'Of the cores it may use, while everybody talks.' }),
      memoryBytes: z
        .object({ start: z.number(), third: z.number(), end: z.number(), max: z.number() })
        .optional()
        .meta({
          description:
            'All processes; means over the first, the third and the last minute (in a run of less than four: sixth).',
        }),
      processes: z.array(z.object({ name: z.string(), cores: z.number(), maxBytes: z.number() })),
      complaints: z.array(z.string()).meta({ description: 'The last warnings and errors of its log.' }),
    }),
    standIns: z
      .object({
        lateness,
        cores: z.number(),
        llm: z.object({ requests: count, failed: count }),
        tts: z.object({ requests: count, failed: count, audioS: z.number() }),
      })
      .optional(),
    otherCores: z
      .number()
      .optional()
      .meta({ description: 'Cores that neither the server nor the bench used, on average.' }),
    observations: z.array(observation),
    fleet: fleetSchema,
    kernels: kernels.optional(),
    capacity: capacity.optional(),
  })
  .meta({ title: 'Result of chorus bench' });

type Schema = z.output<typeof benchResultSchema>;
export type BenchResult = Omit<Schema, 'fleet'> & { readonly fleet: FleetResult };
export type Kernels = z.output<typeof kernels>;
export type KernelRow = z.output<typeof kernel>;
export type Capacity = z.output<typeof capacity>;
export type CapacityStep = z.output<typeof capacityStep>;

/** Reads a result that was written with `--json`. Error: `bench.bad_input`. */
export function parseBenchResult(text: string, name: string): BenchResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ChorusError('bench.bad_input', `${name} is not JSON`, { cause: error });
  }
  const parsed = benchResultSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ChorusError(
      'bench.bad_input',
      `${name} is no result of this version of chorus bench: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }
  return parsed.data as unknown as BenchResult;
}

/** The JSON Schema in docs/bench-result.schema.json. */
export function benchResultJsonSchema(): unknown {
  return z.toJSONSchema(benchResultSchema, { io: 'output', unrepresentable: 'any' });
}
