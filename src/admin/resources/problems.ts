import { z } from 'zod';
import { withoutSecrets, type LiveConfig } from '../../config/index.js';
import { ChorusError, ERROR_TABLE, errorWords, problemWords, type ErrorCode } from '../../core/index.js';
import type { ProblemRing } from '../../platform/telemetry/index.js';
import type { TurnRecord } from '../../records/index.js';
import type { AdminApi, Routes } from '../api.js';
import { bilingual, wallMs } from '../shapes.js';

/** A logged warning or error, or the error of turns, in words for a person. Repetitions are counted, not listed. */
export const problemView = z.object({
  id: z.number(),
  level: z.enum(['warn', 'error']),
  code: z.string().optional().meta({ description: 'A row of docs/errors.md.' }),
  text: bilingual,
  remedy: bilingual.optional().meta({ description: 'What to do about it.' }),
  deviceId: z.string().optional(),
  count: z.number(),
  firstAtMs: wallMs,
  lastAtMs: wallMs,
  over: z
    .boolean()
    .optional()
    .meta({ description: 'True: it ended turns, and a turn that used the same part was answered after it.' }),
});
export type ProblemView = z.output<typeof problemView>;

export const problemsAnswer = z.object({ problems: z.array(problemView).meta({ description: 'Newest first.' }) });

export const problemRoutes = {
  listProblems: {
    method: 'GET',
    path: '/problems',
    summary: 'The last warnings and errors, in words.',
    answer: problemsAnswer,
  },
} as const satisfies Routes;

export interface ProblemsContext {
  readonly ring: ProblemRing;
  /** Oldest first. */
  readonly turns: () => readonly TurnRecord[];
  readonly live: Pick<LiveConfig, 'current'>;
}

/** Newest first. */
export type Problems = () => readonly ProblemView[];

export function registerProblemRoute(api: AdminApi, problems: Problems): void {
  api.on(problemRoutes.listProblems, () => ({ problems: [...problems()] }));
}

/** Turns and log messages are numbered separately. This offset keeps their ids apart. */
const TURN_IDS_FROM = 1_000_000;

/** Merges entries that have the same code. */
export function createProblems({ ring, turns, live }: ProblemsContext): Problems {
  // Removes configured secrets, because a service may quote its key in an error message.
  const clean = (text: string): string => withoutSecrets(text, live.current);
  const words = (error: ChorusError): Pick<ProblemView, 'text' | 'remedy'> => {
    const [en, zh] = [errorWords(error, 'en'), errorWords(error, 'zh')];
    return {
      text: { en: sentence(clean(en.message)), zh: clean(zh.message) },
      remedy: { en: clean(en.remedy), zh: clean(zh.remedy) },
    };
  };
  return () => {
    const logged = ring
      .list()
      .map(({ id, level, message, code, problem, error, deviceId, count, firstAtMs, lastAtMs }): ProblemView => {
        const known = error ?? (code === undefined ? undefined : aboutCode(code));
        return {
          id,
          level,
          code,
          ...(known ? words(known) : problemWords(problem, message)),
          deviceId,
          count,
          firstAtMs,
          lastAtMs,
        };
      });
    const failed = failedTurns(turns()).map(({ code, ...rest }): ProblemView => ({
      ...rest,
      level: 'warn',
      code,
      ...words(aboutCode(code)),
    }));
    const all = mergedByCode([...logged, ...failed]).map((problem) => ({ ...problem, ...endOf(problem, turns()) }));
    return all.toSorted((a, b) => b.lastAtMs - a.lastAtMs);
  };
}

const aboutCode = (code: ErrorCode): ChorusError => new ChorusError(code, ERROR_TABLE[code].cause.en);

interface FailedTurns extends Pick<ProblemView, 'id' | 'deviceId' | 'count' | 'firstAtMs' | 'lastAtMs'> {
  readonly code: ErrorCode;
}

function failedTurns(turns: readonly TurnRecord[]): readonly FailedTurns[] {
  const byCode = new Map<ErrorCode, FailedTurns>();
  for (const { id, deviceId, atWallMs, code } of turns) {
    // Turns refused as busy are left out, because the page already shows the load.
    if (code === undefined || code === 'capacity.busy') continue;
    const before = byCode.get(code);
    byCode.set(code, {
      id: before?.id ?? TURN_IDS_FROM + id,
      code,
      deviceId: before && before.deviceId !== deviceId ? undefined : deviceId,
      count: (before?.count ?? 0) + 1,
      firstAtMs: before?.firstAtMs ?? atWallMs,
      lastAtMs: atWallMs,
    });
  }
  return [...byCode.values()];
}

/** Error codes of the parts that every answered turn needs. */
const PARTS_OF_TURNS = /^(?:llm|tts|asr|model)\./;

/** Marks a problem as over if a later turn was answered. */
function endOf({ code, lastAtMs }: ProblemView, turns: readonly TurnRecord[]): Pick<ProblemView, 'over'> {
  if (code === undefined || !PARTS_OF_TURNS.test(code)) return {};
  // Only turns in the same language count, because another language may use another model and voice.
  const language = turns.findLast((turn) => turn.code === code)?.language;
  const over = turns.some(
    (turn) =>
      turn.outcome === 'answered' &&
      turn.code === undefined &&
      turn.atWallMs > lastAtMs &&
      (language === undefined || turn.language === language),
  );
  return over ? { over } : {};
}

/** Keeps the texts of the first entry with each code. */
function mergedByCode(all: readonly ProblemView[]): readonly ProblemView[] {
  const kept = new Map<string, ProblemView>();
  for (const problem of all) {
    const key = problem.code ?? `${problem.id}`;
    const other = kept.get(key);
    if (!other) {
      kept.set(key, problem);
      continue;
    }
    kept.set(key, {
      ...other,
      level: [other.level, problem.level].includes('error') ? 'error' : 'warn',
      deviceId: other.deviceId === problem.deviceId ? other.deviceId : undefined,
      // The counts are not added, because the same failure is often logged and also recorded as a turn.
      count: Math.max(other.count, problem.count),
      firstAtMs: Math.min(other.firstAtMs, problem.firstAtMs),
      lastAtMs: Math.max(other.lastAtMs, problem.lastAtMs),
    });
  }
  return [...kept.values()];
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
