import { MINUTE_MS, asChorusError, waitAtMost, type Clock, type Logger } from '../../core/index.js';
import { writeToolResult } from '../../providers/index.js';
import type { ToolCall } from '../../providers/llm/llm-port.js';
import { callTool, type CalledTool } from '../tools/tool-call.js';
import type { Toolbox } from '../tools/tool-source.js';
import { leave, wholeText } from '../tools/tool-stream.js';
import type { ReplyPart } from './conversation-port.js';

/** Further calls in a round are refused, and the model is told. */
const CALLS_PER_ROUND = 4;
/** While a tool runs, a `waiting` part comes after each interval of this length. */
const BRIDGE_MS = 1200;
const MAX_LATE = 4;
const LATE_MS = 5 * MINUTE_MS;
const MAX_LATE_CHARS = 1000;
/** Limit for all results of one answer, because the model's context is limited. */
const MAX_RESULT_CHARS = 16_000;
const MIN_RESULT_CHARS = 400;
const STILL_WAITING = new Error('the work takes long');

export interface ToolCallsOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

interface Late {
  readonly text: string;
  readonly atMs: number;
  shown: boolean;
}

/**
 * The calls of a round run in parallel. If the user interrupts a call that cannot be cancelled, a later prompt contains
 * its result.
 */
export class ToolCalls {
  #late: Late[] = [];

  constructor(private readonly options: ToolCallsOptions) {}

  /** Results that arrived after the user had interrupted the turn. */
  late(): readonly string[] {
    const fromMs = this.options.clock.nowMs() - LATE_MS;
    this.#late = this.#late.filter(({ atMs }) => atMs >= fromMs);
    for (const late of this.#late) late.shown = true;
    return this.#late.map(({ text }) => text);
  }

  /** Call this after an answer was heard. The late results in its prompt are then discarded. */
  answerHeard(): void {
    this.#late = this.#late.filter(({ shown }) => !shown);
  }

  /**
   * Runs the calls of one round. Yields `waiting` repeatedly while the calls take long. Throws only if the signal is
   * aborted. `spentChars` is the length of earlier results.
   */
  async *run(
    tools: Toolbox,
    calls: readonly ToolCall[],
    spentChars: number,
    signal: AbortSignal,
  ): AsyncGenerator<ReplyPart, readonly CalledTool[]> {
    const each = (MAX_RESULT_CHARS - spentChars) / Math.min(calls.length, CALLS_PER_ROUND);
    const maxChars = Math.max(MIN_RESULT_CHARS, Math.floor(each));
    const answered: CalledTool[] = [];
    let left = false;
    const running = calls.map(async (call, index) => {
      const answer = await this.#call(tools, call, index < CALLS_PER_ROUND, maxChars, signal);
      if (left) leave(answer.stream);
      answered.push(answer);
      return answer;
    });
    let whole = false;
    try {
      const answers = yield* this.bridged(Promise.all(running), signal);
      whole = true;
      return answers;
    } finally {
      // An unread stream would keep its tool running.
      left = !whole;
      if (left) for (const { stream } of answered) leave(stream);
    }
  }

  /** Yields `waiting` repeatedly until `work` has settled. Throws if `work` fails or the signal is aborted. */
  async *bridged<T>(work: Promise<T>, signal: AbortSignal): AsyncGenerator<ReplyPart, T> {
    const { clock } = this.options;
    const working = work.then((value) => ({ value }));
    // The reader may leave early. A later failure must not become an unhandled rejection.
    working.catch(() => undefined);
    for (;;) {
      const over = await waitAtMost(
        clock,
        BRIDGE_MS,
        signal,
        () => STILL_WAITING,
        () => working,
      ).catch((error: unknown) => {
        if (error !== STILL_WAITING) throw error;
        return undefined;
      });
      signal.throwIfAborted();
      if (over) return over.value;
      yield { type: 'waiting' };
    }
  }

  async #call(
    tools: Toolbox,
    call: ToolCall,
    allowed: boolean,
    maxChars: number,
    signal: AbortSignal,
  ): Promise<CalledTool> {
    const options = { ...this.options, allowed, maxChars };
    const finishes = tools.list().find(({ name }) => name === call.name)?.finishes === true;
    if (!finishes || !allowed) return callTool(tools, call, options, signal);
    signal.throwIfAborted();
    const answer = callTool(tools, call, options, tools.ended);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason);
        void answer.then(
          async (given) => this.#keep(call, await wholeResult(given, maxChars)),
          () => undefined,
        );
      };
      signal.addEventListener('abort', onAbort, { once: true });
      answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  #keep({ name, arguments: input }: ToolCall, result: string): void {
    const text = `${name} ${JSON.stringify(input).slice(0, 200)}: ${result}`.slice(0, MAX_LATE_CHARS);
    this.#late.push({ text, atMs: this.options.clock.nowMs(), shown: false });
    if (this.#late.length > MAX_LATE) this.#late.shift();
  }
}

async function wholeResult({ text, stream }: CalledTool, maxChars: number): Promise<string> {
  if (stream === undefined) return text;
  try {
    return writeToolResult({ ok: true, text: await wholeText({ text: '', stream }) }, maxChars);
  } catch (error) {
    return writeToolResult({ ok: false, text: asChorusError(error, 'tool.failed').message }, maxChars);
  }
}
