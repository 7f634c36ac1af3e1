import { asChorusError, ChorusError, type Clock, type Logger } from '../../core/index.js';
import type { TaskContext, TaskRecord, UpkeepTask, UpkeepTaskName } from './upkeep-port.js';
import { readRecords, writeRecords } from './record-file.js';
import { untilIdle } from './schedule.js';
import { skipped, taskWords } from './words.js';

export interface UpkeepOptions {
  readonly dataDir: string;
  readonly tasks: readonly UpkeepTask[];
  readonly isIdle: () => boolean;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface RunRequest {
  /** Undefined means all tasks. */
  readonly tasks?: readonly UpkeepTaskName[] | undefined;
  /** Longest time to wait until nobody speaks. 0 means no wait. */
  readonly waitIdleMs: number;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onTask?: (record: TaskRecord) => void;
}

/** Runs the tasks one after the other. A failed task is reported, and the next task runs. */
export class Upkeep {
  #running = false;

  constructor(private readonly options: UpkeepOptions) {}

  get running(): boolean {
    return this.#running;
  }

  records(): Promise<readonly TaskRecord[]> {
    return readRecords(this.options.dataDir);
  }

  /** Errors: `upkeep.running`; the signal's reason, after the completed tasks were recorded. */
  async run(request: RunRequest): Promise<readonly TaskRecord[]> {
    if (this.#running) throw new ChorusError('upkeep.running', 'the upkeep is under way already');
    this.#running = true;
    try {
      return await this.#run(request);
    } finally {
      this.#running = false;
    }
  }

  async #run({ tasks, waitIdleMs, dryRun, signal, onTask }: RunRequest): Promise<readonly TaskRecord[]> {
    const { clock, isIdle } = this.options;
    const done: TaskRecord[] = [];
    if (waitIdleMs > 0) await untilIdle(clock, isIdle, waitIdleMs, signal);
    for (const task of this.options.tasks) {
      if (tasks && !tasks.includes(task.name)) continue;
      signal.throwIfAborted();
      const record = await this.#one(task, { signal, dryRun });
      done.push(record);
      if (!dryRun) await this.#keep(record);
      onTask?.(record);
    }
    return done;
  }

  async #one(task: UpkeepTask, context: TaskContext): Promise<TaskRecord> {
    const { clock, isIdle } = this.options;
    const startedAtMs = clock.wallMs();
    const beganMs = clock.nowMs();
    const record = (rest: Pick<TaskRecord, 'outcome' | 'said' | 'code'>): TaskRecord => ({
      name: task.name,
      startedAtMs,
      tookMs: Math.round(clock.nowMs() - beganMs),
      ...rest,
    });
    if (task.quiet === true && !context.dryRun && !isIdle()) return record(skipped('talking'));
    try {
      return record(await task.run(context));
    } catch (error) {
      // If the server ends, upkeep ends too. Any other error makes only this task fail.
      context.signal.throwIfAborted();
      const { code, message } = asChorusError(error);
      return record({ outcome: 'failed', code, said: taskWords.failed(message, code) });
    }
  }

  async #keep(record: TaskRecord): Promise<void> {
    const { dataDir, log } = this.options;
    const { name, outcome, code, tookMs, said } = record;
    const fields = { task: name, outcome, tookMs, result: said.en, ...(code !== undefined && { code }) };
    if (outcome === 'failed') log.error('upkeep', { problem: 'upkeep.attention', ...fields });
    else if (outcome === 'attention') log.warn('upkeep', { problem: 'upkeep.attention', ...fields });
    else log.info('upkeep', fields);
    try {
      const others = (await readRecords(dataDir)).filter((other) => other.name !== name);
      await writeRecords(dataDir, [...others, record]);
    } catch (error) {
      log.warn('the result of the upkeep could not be saved', {
        problem: 'upkeep.not_kept',
        reason: asChorusError(error).message,
      });
    }
  }
}
