import { type Bilingual, ChorusError, type Clock } from '../../core/index.js';
import { findLeftovers, removeLeftovers } from './leftovers.js';
import { lookAtLogs, removeSurplus, type LogBounds } from './log-files.js';
import type { GrowingProcess } from './memory-watch.js';
import type { AudioLimits, StoreUpkeep, TaskContext, TaskOutcome, UpkeepTask } from './upkeep-port.js';
import { skipped, taskWords } from './words.js';

export interface PerformanceReport {
  /** The verdict in a sentence. */
  readonly sentence: Bilingual;
  readonly file: string;
  readonly missed: boolean;
}

/**
 * A task is skipped if the property that it needs is undefined. Each run reads the properties again, so a property may
 * be a getter.
 */
export interface TaskParts {
  readonly clock: Clock;
  readonly dataDir: string;
  readonly temporaryDir: string | undefined;
  readonly uid: number | undefined;
  readonly leftoversOlderThanMs: number;
  readonly log: LogBounds | undefined;
  /** Resolves with undefined if there is no configuration file. */
  readonly backUpConfig: () => Promise<{ readonly id: string; readonly kept: number } | undefined>;
  readonly store: StoreUpkeep;
  readonly storeCopies: number;
  /** Wall-clock time. Turns that ended earlier are removed. */
  readonly historyBeforeMs: number;
  /** The oldest turns beyond this number are also removed. */
  readonly historyTurns: number;
  readonly audioLimits: AudioLimits;
  /**
   * Watches the server for a while and saves a report. Undefined if there is no server to watch. `off` if the
   * configuration disables the watch.
   */
  readonly checkPerformance: ((signal: AbortSignal) => Promise<PerformanceReport>) | 'off' | undefined;
  /** Undefined if memory was not watched. */
  readonly memory: { growing(): readonly GrowingProcess[]; watchedHours(): number } | undefined;
}

const done = (said: Bilingual): TaskOutcome => ({ outcome: 'done', said });
const attention = (said: Bilingual): TaskOutcome => ({ outcome: 'attention', said });

export function upkeepTasks(parts: TaskParts): readonly UpkeepTask[] {
  return [
    { name: 'leftovers', run: (context) => leftovers(parts, context) },
    { name: 'logs', run: (context) => logs(parts, context) },
    { name: 'config_backup', run: (context) => configBackup(parts, context) },
    { name: 'store_check', run: (context) => storeCheck(parts, context) },
    {
      name: 'store_backup',
      run: (context) =>
        unlessDry(context, async () => backedUp(await parts.store.backup(parts.storeCopies, context.signal))),
    },
    {
      name: 'history',
      run: (context) =>
        unlessDry(context, async () => {
          const turns = await parts.store.pruneHistory(parts.historyBeforeMs, context.signal, parts.historyTurns);
          return pruned(turns, await parts.store.pruneAudio(parts.audioLimits, context.signal));
        }),
    },
    {
      name: 'store_vacuum',
      quiet: true,
      run: (context) => unlessDry(context, async () => vacuumed(await parts.store.vacuum(context.signal))),
    },
    { name: 'memory', run: () => Promise.resolve(memory(parts)) },
    { name: 'performance', run: (context) => performance(parts, context) },
  ];
}

function unlessDry({ dryRun }: TaskContext, work: () => Promise<TaskOutcome>): Promise<TaskOutcome> {
  return dryRun ? Promise.resolve(skipped('dry')) : work();
}

async function leftovers(
  { clock, dataDir, temporaryDir, uid, leftoversOlderThanMs }: TaskParts,
  { signal, dryRun }: TaskContext,
): Promise<TaskOutcome> {
  const found = await findLeftovers({
    dataDir,
    temporaryDir,
    uid,
    olderThanMs: leftoversOlderThanMs,
    wallMs: clock.wallMs(),
  });
  const { removed, failures } = dryRun ? { removed: found, failures: [] } : await removeLeftovers(found, signal);
  const bytes = removed.reduce((sum, leftover) => sum + leftover.bytes, 0);
  const { none, removed: removedWords, wouldRemove, stuck } = taskWords.leftovers;
  const said = removed.length === 0 ? none : (dryRun ? wouldRemove : removedWords)(removed.length, bytes);
  const [first] = failures;
  return first === undefined ? done(said) : attention(taskWords.together([said, stuck(failures.length, first)]));
}

async function logs({ log }: TaskParts, { dryRun }: TaskContext): Promise<TaskOutcome> {
  if (!log) return skipped('no_log');
  const state = await lookAtLogs(log);
  if (!dryRun) await removeSurplus(state);
  if (state.bytes > state.boundBytes) return attention(taskWords.logsTooBig(state.bytes, state.boundBytes));
  return done(taskWords.logs(state.files, state.bytes, dryRun ? 0 : state.surplus.length));
}

async function configBackup({ backUpConfig }: TaskParts, context: TaskContext): Promise<TaskOutcome> {
  return unlessDry(context, async () => {
    const kept = await backUpConfig();
    return kept ? done(taskWords.configBackup(kept.id, kept.kept)) : skipped('no_config');
  });
}

async function storeCheck({ store }: TaskParts, { signal }: TaskContext): Promise<TaskOutcome> {
  const problems = await store.check(signal);
  if (problems.length > 0) throw new ChorusError('store.damaged', taskWords.storeBad(problems).en);
  return done(taskWords.storeGood);
}

function backedUp({ file, bytes }: { readonly file: string; readonly bytes: number }): TaskOutcome {
  return done(taskWords.storeBackup(file, bytes));
}

function pruned(turns: number, recordings: number): TaskOutcome {
  const { none, removed, recordings: ofRecordings } = taskWords.history;
  const ofTurns = turns === 0 ? none : removed(turns);
  return done(recordings === 0 ? ofTurns : taskWords.together([ofTurns, ofRecordings(recordings)]));
}

function vacuumed({
  beforeBytes,
  afterBytes,
}: {
  readonly beforeBytes: number | undefined;
  readonly afterBytes: number | undefined;
}): TaskOutcome {
  const known = beforeBytes !== undefined && afterBytes !== undefined;
  return done(known ? taskWords.vacuum.sizes(beforeBytes, afterBytes) : taskWords.vacuum.done);
}

function memory({ memory: watch }: TaskParts): TaskOutcome {
  if (!watch) return skipped('no_server');
  const growing = watch.growing();
  if (growing.length === 0) return done(watched(watch.watchedHours()));
  return attention(taskWords.together(growing.map((process) => taskWords.memory.grows(process))));
}

/** In less time, slow growth cannot be told from the growth after a start. */
const STEADY_HOURS = 6;

const watched = (hours: number): Bilingual =>
  hours < STEADY_HOURS ? taskWords.memory.tooShort(hours) : taskWords.memory.steady(hours);

async function performance({ checkPerformance }: TaskParts, context: TaskContext): Promise<TaskOutcome> {
  if (checkPerformance === undefined) return skipped('no_server');
  if (checkPerformance === 'off') return skipped('off');
  return unlessDry(context, async () => {
    const { sentence, file, missed } = await checkPerformance(context.signal);
    return (missed ? attention : done)(taskWords.performance(sentence, file));
  });
}
