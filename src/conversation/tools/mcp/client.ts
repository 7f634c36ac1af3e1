import { ChorusError, withTimeout, type Clock, type Logger } from '../../../core/index.js';
import { fitArguments } from '../arguments.js';
import { answerOf } from '../mcp-result.js';
import { listTools, ToolList, type KnownTool, type ToolPolicy } from '../tool-list.js';
import type { OfferedTool } from '../tool-source.js';
import type { ToolAnswer } from '../tool.js';
import { loadClient, type Transport } from './sdk.js';
import { toolFailed, toolGone, toolLate } from '../tool-errors.js';
import { MAX_ERROR_CHARS } from '../limits.js';

export interface McpClientOptions {
  readonly transport: Transport;
  /** The model sees tool names with this prefix. */
  readonly prefix: string;
  readonly policy: ToolPolicy;
  readonly callTimeoutMs: number;
  /** Called when the connection may be broken. */
  readonly onTrouble?: () => void;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface McpClient {
  /** The server's own name, with only the characters that a tool name may have. Empty if the server has none. */
  readonly serverName: string;
  tools(): readonly OfferedTool[];
  /** Errors: `tool.failed`, `tool.timeout`, or the signal's reason. */
  call(name: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<ToolAnswer>;
  /** Rejects if the server does not answer in time. */
  ping(signal: AbortSignal): Promise<void>;
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Longer than the 10 s of xinnan-tech's Python server, because `npx` may have to download the MCP server first. */
const CONNECT_MS = 30_000;
const PING_MS = 5000;
/** Limit for the running calls of all devices on one connection. */
const MAX_RUNNING = 64;
/** Longest timeout that the SDK accepts. The injected clock measures the time instead. */
const NEVER_MS = 2 ** 31 - 1;
/** The server's name may become a prefix, and must leave room for the tool's name. */
const MAX_SERVER_NAME_CHARS = 32;

type Request = (
  method: string,
  params: Readonly<Record<string, unknown>>,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<unknown>;

const silent = (): ChorusError => new ChorusError('mcp.unreachable', 'the MCP server did not answer in time');

/** Closes the transport on failure. Errors: `mcp.unreachable`, or the signal's reason. */
export async function connectMcp(options: McpClientOptions, signal: AbortSignal): Promise<McpClient> {
  const { transport, clock } = options;
  try {
    return await withTimeout(clock, CONNECT_MS, signal, silent, (stop) => connect(options, stop));
  } catch (error) {
    await transport.close().catch(() => undefined);
    signal.throwIfAborted();
    // While connecting, a failed request means that the server cannot be reached.
    throw error instanceof ChorusError && error.code !== 'tool.failed'
      ? error
      : new ChorusError('mcp.unreachable', reasonOf(error), { cause: error, details: { reason: reasonOf(error) } });
  }
}

async function connect(options: McpClientOptions, signal: AbortSignal): Promise<McpClient> {
  const { transport, prefix, policy, version, clock } = options;
  const [{ Client }, { ResultSchema, ToolListChangedNotificationSchema }] = await loadClient();
  const client = new Client({ name: 'chorus', version }, { capabilities: {} });
  const over = new AbortController();
  const ended = new Promise<void>((resolve) => {
    Object.assign(client, handlersOf(options, over, resolve));
  });
  const request: Request = (method, params, timeoutMs, parent) => {
    const late = (): ChorusError => toolLate(({ mcp }) => mcp.late(method, timeoutMs / 1000));
    return withTimeout(clock, timeoutMs, parent, late, (stop) =>
      client.request({ method, params }, ResultSchema, { signal: stop, timeout: NEVER_MS }),
    );
  };
  let tools = new ToolList(policy, prefix);
  const list = async (stop: AbortSignal): Promise<void> => {
    const next = new ToolList(policy, prefix);
    await listTools(next, (params) => request('tools/list', params, CONNECT_MS, stop));
    tools = next;
  };
  await client.connect(transport, { signal, timeout: NEVER_MS });
  await list(signal);
  client.setNotificationHandler(
    ToolListChangedNotificationSchema,
    oneAtATime(() => list(over.signal)),
  );
  return {
    serverName: (client.getServerVersion()?.name ?? '').replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, MAX_SERVER_NAME_CHARS),
    ended,
    tools: () => tools.specs,
    ping: async (parent) => void (await request('ping', {}, PING_MS, parent)),
    close: () => client.close(),
    call: caller(options, request, (name) => (over.signal.aborted ? undefined : tools.find(name))),
  };
}

function handlersOf({ log, onTrouble }: McpClientOptions, over: AbortController, onEnd: () => void) {
  return {
    onclose: (): void => {
      over.abort(toolFailed(({ mcp }) => mcp.ended));
      onEnd();
    },
    onerror: (error: Error): void => {
      log.debug('An MCP connection reports an error', { reason: reasonOf(error) });
      onTrouble?.();
    },
  };
}

function caller(
  { callTimeoutMs }: McpClientOptions,
  request: Request,
  find: (name: string) => KnownTool | undefined,
): McpClient['call'] {
  let running = 0;
  return async (name, input, signal) => {
    signal.throwIfAborted();
    const tool = find(name);
    if (!tool) throw toolGone();
    if (running >= MAX_RUNNING) throw toolFailed(({ mcp }) => mcp.busy);
    running += 1;
    try {
      const params = { name: tool.name, arguments: fitArguments(input, tool.spec.inputSchema) };
      return answerOf(await request('tools/call', params, callTimeoutMs, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ChorusError ? error : new ChorusError('tool.failed', reasonOf(error), { cause: error });
    } finally {
      running -= 1;
    }
  };
}

/** At most one more listing waits, however often the server reports changes. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let now: Promise<void> | undefined;
  let again = false;
  return async () => {
    again = true;
    now ??= (async () => {
      while (again) {
        again = false;
        await work().catch(() => undefined);
      }
      now = undefined;
    })();
    await now;
  };
}

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const because = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return (
    (text.replace(/^MCP error -?\d+: /, '') + because).replaceAll(/\s+/g, ' ').slice(0, MAX_ERROR_CHARS) || 'it failed'
  );
}
