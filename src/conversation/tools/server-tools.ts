import { z } from 'zod';
import {
  Cancelled,
  uiLanguage,
  withTimeout,
  type ChorusError,
  type Clock,
  type LanguageTag,
  type Logger,
  type UiLanguage,
} from '../../core/index.js';
import { fitArguments } from './arguments.js';
import { inputSchema, type Tool, type ToolAnswer, type ToolContext } from './tool.js';
import type { OfferedTool, ToolSource } from './tool-source.js';
import { noSuchTool, toolFailed, toolFailure, toolTimeout } from './tool-errors.js';
import { isStream, ToolStream } from './tool-stream.js';
import { MAX_ERROR_CHARS, MAX_RESULT_CHARS } from './limits.js';
import { TOOL_TEXTS } from './words.js';

/** The limit is short because the user waits. */
const TIMEOUT_MS = 10_000;
const SLOW_TIMEOUT_MS = 60_000;
/** Limit for one tool on the whole server. A call that ignores its timeout counts until it ends. */
const MAX_RUNNING = 32;
/** About half a minute of speech. */
const MAX_SAY_CHARS = 400;
const MAX_SOURCES = 10;
const MAX_SOURCE_CHARS = 250;

export interface ServerToolsOptions {
  /** `server`, or `plugin:<package>`. */
  readonly id: string;
  readonly tools: readonly Tool[];
  readonly clock: Clock;
}

export interface ToolUser {
  readonly deviceId: string;
  readonly language: LanguageTag;
  readonly timeZone: string;
  readonly agentId?: string | undefined;
  /** See {@link ToolContext.place} and {@link ToolContext.person}. */
  readonly place?: string | undefined;
  readonly person?: string | undefined;
  readonly log: Logger;
}

/** Tools that run in this process. {@link for} adapts them to one conversation. */
export class ServerTools {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #offered = new Map<UiLanguage, readonly OfferedTool[]>();
  readonly #running = new Map<string, number>();

  constructor(private readonly options: ServerToolsOptions) {
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  for(user: ToolUser): ToolSource {
    return {
      id: this.options.id,
      list: () => this.#list(uiLanguage(user.language)),
      call: (name, input, signal) => this.#call(user, name, input, signal),
      interrupted: () =>
        this.options.tools.map(({ interrupted }) => interrupted?.(user.deviceId)).find((one) => one !== undefined),
      silence: () => this.options.tools.forEach(({ silence }) => silence?.(user.deviceId)),
    };
  }

  #list(language: UiLanguage): readonly OfferedTool[] {
    const known = this.#offered.get(language);
    if (known) return known;
    const offered = [...this.#tools.values()].map((tool) => ({
      name: tool.name,
      description: tool.words[language],
      inputSchema: inputSchema(tool, language),
      effects: tool.effects,
      confirm: tool.confirm !== undefined && tool.confirm !== false,
      question: typeof tool.confirm === 'object' ? tool.confirm : undefined,
      finishes: tool.finishes,
      anywhere: tool.anywhere,
    }));
    this.#offered.set(language, offered);
    return offered;
  }

  async #call(
    user: ToolUser,
    name: string,
    given: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    signal.throwIfAborted();
    const tool = this.#tools.get(name);
    if (!tool) throw noSuchTool();
    const input = readInput(tool, given);
    const running = this.#running.get(name) ?? 0;
    if (running >= MAX_RUNNING) throw toolFailed(({ calls }) => calls.busy);
    this.#running.set(name, running + 1);
    const timeoutMs = tool.slow === true ? SLOW_TIMEOUT_MS : TIMEOUT_MS;
    const onTimeout = (): ChorusError => toolTimeout(timeoutMs / 1000);
    const onEnd = (): void => void this.#running.set(name, (this.#running.get(name) ?? 1) - 1);
    const { clock } = this.options;
    return withTimeout(clock, timeoutMs, signal, onTimeout, (stop) =>
      this.#run((context) => tool.run(input, context), user, { stop, signal, timeoutMs, onEnd }),
    );
  }

  /** `stop` ends only the wait for the answer. `signal` also ends a streamed answer. */
  async #run(
    run: (context: ToolContext) => unknown,
    { deviceId, language, timeZone, agentId, place, person, log }: ToolUser,
    { stop, signal, timeoutMs, onEnd }: RunOptions,
  ): Promise<ToolAnswer> {
    const { clock } = this.options;
    const running = new AbortController();
    const onStop = (): void => running.abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    const wallMs = (): number => clock.wallMs();
    let stream: ToolStream | undefined;
    try {
      const context = { deviceId, language, timeZone, agentId, place, person, wallMs, log, signal: running.signal };
      const returned = await run(context);
      if (!isStream(returned)) return answerOf(returned);
      const onLeft = (): void => running.abort(new Cancelled('nobody listens any more'));
      stream = new ToolStream(returned, { clock, pieceMs: timeoutMs, signal, onLeft, onEnd });
      return (await stream.open()) ? { text: '', stream } : { text: '' };
    } catch (error) {
      throw toolFailure(error);
    } finally {
      if (stream === undefined) onEnd();
      // The wait ended before the first text came, so nobody reads the stream.
      else if (stop.aborted) await stream.return();
    }
  }
}

interface RunOptions {
  readonly stop: AbortSignal;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly onEnd: () => void;
}

const CHINESE = z.locales.zhCN().localeError;

const reasonsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');

function readInput(tool: Tool, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fitted = fitArguments(given, inputSchema(tool, 'en'));
  const result = tool.input.safeParse(fitted);
  if (result.success) return result.data;
  const chinese = tool.input.safeParse(fitted, { error: CHINESE });
  const [en, zh] = [reasonsOf(result.error), reasonsOf(chinese.error ?? result.error)];
  throw toolFailed((texts) => texts.calls.wrongArguments(texts === TOOL_TEXTS.zh ? zh : en).slice(0, MAX_ERROR_CHARS));
}

/** Checks every member, because a plug-in may return any value. */
function answerOf(returned: unknown): ToolAnswer {
  if (typeof returned === 'string') return { text: returned.slice(0, MAX_RESULT_CHARS) };
  const { text, say, play, end, sources } = (
    typeof returned === 'object' && returned !== null ? returned : {}
  ) as Partial<ToolAnswer>;
  if (typeof text !== 'string') throw toolFailed(({ calls }) => calls.unreadable);
  return {
    text: text.slice(0, MAX_RESULT_CHARS),
    ...(typeof say === 'string' && say.trim() !== '' && { say: say.slice(0, MAX_SAY_CHARS) }),
    ...(typeof play === 'object' && { play }),
    ...(end === true && { end }),
    ...(Array.isArray(sources) && { sources: boundedSources(sources) }),
  };
}

function boundedSources(sources: readonly unknown[]): readonly string[] {
  return sources.slice(0, MAX_SOURCES).map((source) => String(source).slice(0, MAX_SOURCE_CHARS));
}
