import { z } from 'zod';

// The format of what a fleet found, as `src/measure/fleet/run-result.ts` has it (a test holds the two together). Fields are described there.

const count = z.int().min(0);
const violations = z.array(z.object({ kind: z.string(), detail: z.string() }));
const summary = z
  .union([
    z.object({ kind: z.literal('none'), count: z.literal(0) }),
    z.object({ kind: z.literal('few'), count, min: z.number(), median: z.number(), max: z.number() }),
    z.object({
      kind: z.literal('many'),
      count,
      min: z.number(),
      median: z.number(),
      p90: z.number(),
      p95: z.number(),
      p99: z.number(),
      max: z.number(),
    }),
  ])
  .meta({ description: 'Values in a few numbers; percentiles only from 200 values on.' });

const turn = z
  .looseObject({
    device: count,
    turn: count,
    warmup: z.boolean(),
    outcome: z.enum(['answered', 'cut_off', 'no_answer', 'stuck', 'closed', 'refused', 'not_started']),
    plannedAt: z.number(),
    dueAt: z.number().meta({ description: 'When a punctual server would have let it begin, ms since the run began.' }),
    startedAt: z.number().optional(),
    lateMs: z.number().optional(),
    speech: z.string(),
    speechMs: z.number(),
    helloMs: z.number().optional(),
    sttMs: z.number().optional().meta({ description: 'This and the next ones: ms after the end of real speech.' }),
    ttsStartMs: z.number().optional(),
    firstPacketMs: z.number().optional(),
    firstSoundMs: z.number().optional(),
    firstSoundFromDueMs: z.number().optional(),
    ttsStopMs: z.number().optional(),
    packets: count,
    replyMs: z.number(),
    underruns: z.array(z.object({ afterMs: z.number(), ms: z.number() })),
    minLeadMs: z.number().optional(),
    overflows: count,
    lostPackets: count,
    complete: z.boolean(),
    sentences: count,
    silentSentences: count,
    firstSentence: z.string().optional(),
    words: z.object({ said: count, errors: count }).optional(),
    violations: violations.optional(),
  })
  .meta({ description: 'One turn of one device, judged from the outside.' });

const device = z.looseObject({
  device: count,
  deviceId: z.string(),
  queuePackets: count,
  turns: count,
  complete: count,
  turnsPerMinute: z.number(),
  medianFirstSoundMs: z.number().optional(),
  error: z.string().optional(),
});

const second = z.looseObject({
  atS: z.number(),
  connected: count,
  talking: count,
  activeTurns: count,
  waiting: count,
  playing: count,
  leadMinMs: z.number().optional(),
  leadMedianMs: z.number().optional(),
  underruns: count,
  overflows: count,
  completed: count,
  failed: count,
  loopDelayMaxMs: z.number(),
});

const totals = z.looseObject({
  turns: count,
  complete: count,
  outcomes: z.partialRecord(z.string(), count),
  lateTurns: count,
  notStarted: count,
  rejected: count,
  underruns: count,
  underrunMs: z.number(),
  overflows: count,
  lostPackets: count,
  packetsAfterAbort: count,
  aborts: count,
  stuck: count,
  unasked: count,
  violations: z.partialRecord(z.string(), count),
  words: z.object({ said: count, errors: count, rate: z.number() }).optional(),
  otaMs: summary,
  helloMs: summary,
  sttMs: summary,
  ttsStartMs: summary,
  firstPacketMs: summary,
  firstSoundMs: summary,
  firstSoundFromDueMs: summary,
  lateMs: summary,
  replyMs: summary,
  minLeadMs: summary,
  stopAfterAbortMs: summary,
  fairness: z.number().optional(),
  turnsPerMinute: z.object({ planned: z.number(), actual: z.number() }),
});

const own = z.looseObject({
  workers: count,
  cpuCores: z.number(),
  rssBytes: z.number(),
  sendLateness: summary,
  loopDelayP99Ms: z.number(),
  loopUtilisation: z.number(),
  longestStandstillMs: z.number(),
  doubtfulTurns: count,
});

export const fleetSchema = z.looseObject({
  version: z.literal(1),
  options: z.looseObject({
    devices: count,
    scenario: z.string(),
    seed: z.int(),
    durationMs: z.number(),
    warmupMs: z.number(),
    queues: z.array(z.number()),
    language: z.string(),
  }),
  startedAt: z.string(),
  elapsedMs: z.number(),
  valid: z.boolean(),
  reasons: z.array(z.looseObject({ what: z.string(), detail: z.string() })),
  holds: z.boolean().optional(),
  totals,
  own,
  seconds: z.array(second),
  devices: z.array(device),
  turns: z.array(turn),
  marks: z.array(z.object({ atS: z.number(), what: z.string() })),
});
