import { asChorusError, type ChorusError, type Metrics } from '../../../core/index.js';
import type { OfferedTool, ToolSource } from '../tool-source.js';
import { toolFailed, toolGone } from '../tool-errors.js';
import { wholeText } from '../tool-stream.js';
import { MAX_ERROR_CHARS, MAX_RESULT_CHARS, MAX_SERVER_TOOLS } from '../limits.js';
import { isOffered } from './offer-settings.js';

/** A failure is a result, too, because the model of the calling server reads it. */
export interface CallResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly isError?: true;
}

const MAX_RUNNING = 16;

export class OfferedTools {
  #running = 0;

  constructor(
    private readonly sources: () => readonly ToolSource[],
    private readonly named: readonly string[],
    private readonly metrics: Metrics,
  ) {}

  get names(): readonly string[] {
    return [...this.#offered().keys()];
  }

  /** Entries of the owner's list that match no tool at present. */
  get unknown(): readonly string[] {
    const offered = [...this.#offered().values()].map(({ tool }) => tool);
    return this.named.filter((one) => !offered.some((tool) => isOffered(tool, [one])));
  }

  /** The annotations tell the calling server which calls its user should confirm. */
  list(): readonly Readonly<Record<string, unknown>>[] {
    return [...this.#offered().values()].map(({ tool: { name, description, inputSchema, effects, confirm } }) => ({
      name,
      description,
      inputSchema,
      annotations: { readOnlyHint: effects === 'none' && !confirm, destructiveHint: confirm },
    }));
  }

  /** Throws only when the signal is aborted. */
  async call(name: unknown, input: unknown, signal: AbortSignal): Promise<CallResult> {
    const count = (result: string): void => this.metrics.count('chorus_mcp_offered_calls_total', { result });
    const found = typeof name === 'string' ? this.#offered().get(name) : undefined;
    if (!found || this.#running >= MAX_RUNNING) {
      count('refused');
      return failure(found ? toolFailed(({ calls }) => calls.busy) : toolGone());
    }
    this.#running += 1;
    try {
      const text = await wholeText(await found.source.call(found.tool.name, objectOf(input), signal));
      count('answered');
      return { content: [{ type: 'text', text: text.slice(0, MAX_RESULT_CHARS) }] };
    } catch (error) {
      if (signal.aborted) {
        count('cancelled');
        throw error;
      }
      const failed = asChorusError(error, 'tool.failed');
      count(failed.code === 'tool.timeout' ? 'timeout' : 'failed');
      return failure(failed);
    } finally {
      this.#running -= 1;
    }
  }

  /** The first source's tool wins if several have the same name. */
  #offered(): ReadonlyMap<string, { readonly tool: OfferedTool; readonly source: ToolSource }> {
    const offered = new Map<string, { readonly tool: OfferedTool; readonly source: ToolSource }>();
    for (const source of this.sources())
      for (const tool of source.list())
        if (offered.size < MAX_SERVER_TOOLS && !offered.has(tool.name) && isOffered(tool, this.named))
          offered.set(tool.name, { tool, source });
    return offered;
  }
}

function failure({ message }: ChorusError): CallResult {
  return { content: [{ type: 'text', text: message.slice(0, MAX_ERROR_CHARS) }], isError: true };
}

function objectOf(input: unknown): Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
}
