import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { asChorusError, sleep, type Clock, type Logger, type Metrics, type Scope } from '../../../core/index.js';
import type { ToolPolicy } from '../tool-list.js';
import { safeToolName } from '../tool-name.js';
import type { OfferedTool, ToolSource } from '../tool-source.js';
import { MAX_MESSAGE_BYTES } from './bounded-fetch.js';
import { connectMcp, type McpClient } from './client.js';
import { ANY_AGENT } from './settings.js';
import { McpAllowance, SocketTransport } from './socket-transport.js';
import type { McpToken, McpTokens } from './tokens.js';
import { toolGone } from '../tool-errors.js';

export interface AccessPointOptions {
  readonly tokens: McpTokens;
  readonly version: string;
  readonly scope: Scope;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A bridge is a program that connects an MCP server to the access point. */
export interface BridgeState {
  readonly tokenId: string;
  readonly agent: string | undefined;
  readonly tools: readonly string[];
}

/** The access point of xinnan-tech's Python server has the second path. */
const PATHS = new Set(['/mcp', '/mcp_endpoint/mcp']);
const MAX_TOKEN_CHARS = 512;
/** A bridge opens a separate connection for each of its servers. */
const MAX_PER_TOKEN = 16;
const MAX_CONNECTIONS = 256;
const CALL_TIMEOUT_MS = 30_000;
/** Within this time, bridges are disconnected whose token another server on the same database has revoked. */
const LOOK_MS = 15_000;

const policy: ToolPolicy = ({ readOnly, destructive }) => ({
  effects: 'home',
  confirm: destructive && !readOnly,
  finishes: !readOnly,
});

interface Bridge {
  readonly token: McpToken;
  readonly socket: WebSocket;
  client: McpClient | undefined;
}

interface OfferedByBridge {
  readonly tool: OfferedTool;
  /** The name for `client`. `tool.name` may have a prefix that avoids a conflict. */
  readonly name: string;
  readonly client: McpClient;
}

/**
 * Programs connect by WebSocket with a token, and offer their tools to the token's agent, or to every device. This
 * server is the MCP client of each program.
 */
export class AccessPoint {
  readonly #bridges = new Set<Bridge>();
  readonly #allowances = new Map<string, McpAllowance>();
  #opening = 0;
  readonly #wss = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });

  constructor(private readonly options: AccessPointOptions) {}

  /** A device may use the same path, but sends its id in a header. */
  takes({ url = '', headers }: IncomingMessage): boolean {
    return headers['device-id'] === undefined && PATHS.has(pathOf(url));
  }

  /** Calls `keep` if the connection is accepted. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, keep: () => void = () => undefined): void {
    socket.on('error', () => socket.destroy());
    if (this.options.scope.closed) socket.destroy();
    this.options.scope.fork('upgrade of a bridge', () => this.#upgrade(request, socket, head, keep));
  }

  get states(): readonly BridgeState[] {
    return [...this.#bridges].map(({ token, client }) => ({
      tokenId: token.id,
      agent: token.agent,
      tools: client?.tools().map(({ name }) => name) ?? [],
    }));
  }

  disconnect(tokenId: string): void {
    for (const { token, socket } of this.#bridges) if (token.id === tokenId) socket.close(1008, 'revoked');
    this.#allowances.delete(tokenId);
  }

  /** Disconnects bridges whose token was revoked elsewhere. While the database fails, all stay connected. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, tokens } = this.options;
    for (;;) {
      await sleep(clock, LOOK_MS, signal);
      const used = new Set([...this.#bridges].map(({ token }) => token.id));
      if (used.size === 0) continue;
      const valid = await tokens.list().catch(() => undefined);
      for (const id of used) if (valid?.every((token) => token.id !== id)) this.disconnect(id);
    }
  }

  /** Call this before the port is closed. */
  close(): void {
    for (const { socket } of this.#bridges) socket.terminate();
  }

  /**
   * If two servers have a tool with the same name, the first server in alphabetical order keeps the name. So names do
   * not depend on the order of connections. If the same server is connected twice, the newer connection is used.
   */
  for(agent: () => string | undefined): ToolSource {
    const usable = (): ReadonlyMap<string, OfferedByBridge> => {
      const agentId = agent();
      const mine = [...this.#bridges].filter(
        ({ token }) => token.agent === undefined || agentId === ANY_AGENT || token.agent === agentId,
      );
      return merged(mine);
    };
    const { metrics } = this.options;
    return {
      id: 'mcp_access_point',
      list: () => [...usable().values()].map(({ tool }) => tool),
      async call(name, input, signal) {
        signal.throwIfAborted();
        const found = usable().get(name);
        if (!found) throw toolGone();
        try {
          const answer = await found.client.call(found.name, input, signal);
          metrics.count('chorus_mcp_calls_total', { result: 'answered' });
          return answer;
        } catch (error) {
          const { code } = asChorusError(error, 'tool.failed');
          const result = signal.aborted ? 'cancelled' : code === 'tool.timeout' ? 'timeout' : 'failed';
          metrics.count('chorus_mcp_calls_total', { result });
          throw error;
        }
      },
    };
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, keep: () => void): Promise<void> {
    const given = tokenOf(request.url ?? '');
    if (this.#bridges.size + this.#opening >= MAX_CONNECTIONS) return refuse(socket, '503 Service Unavailable');
    this.#opening += 1;
    try {
      const token = given === undefined ? undefined : await this.options.tokens.check(given);
      if (!token) return refuse(socket, '401 Unauthorized');
      const open = [...this.#bridges].filter((bridge) => bridge.token.id === token.id).length;
      if (open >= MAX_PER_TOKEN) return refuse(socket, '429 Too Many Requests');
      if (socket.destroyed) return;
      keep();
      this.#wss.handleUpgrade(request, socket, head, (accepted) => this.#connect(token, accepted));
    } catch (error) {
      refuse(socket, '500 Internal Server Error');
      throw error;
    } finally {
      this.#opening -= 1;
    }
  }

  #connect(token: McpToken, socket: WebSocket): void {
    const { scope, log, metrics } = this.options;
    const bridge: Bridge = { token, socket, client: undefined };
    this.#bridges.add(bridge);
    const count = (): void => metrics.gauge('chorus_mcp_bridges', this.#bridges.size);
    count();
    socket.once('close', () => {
      this.#bridges.delete(bridge);
      count();
      log.info('A bridge has left the MCP access point', { token: token.id });
    });
    socket.on('error', () => socket.terminate());
    scope.fork('bridge', async (signal) => {
      try {
        bridge.client = await this.#talk(token, socket, signal);
        log.info('A bridge is connected to the MCP access point', {
          token: token.id,
          tools: bridge.client.tools().length,
        });
      } catch (error) {
        signal.throwIfAborted();
        const { code, message } = asChorusError(error);
        log.info('A bridge of the MCP access point does not answer', { token: token.id, code, reason: message });
        socket.close(1002);
      }
    });
  }

  #talk(token: McpToken, socket: WebSocket, signal: AbortSignal): Promise<McpClient> {
    const { clock, log, version } = this.options;
    const allowance = this.#allowances.get(token.id) ?? new McpAllowance(clock);
    this.#allowances.set(token.id, allowance);
    const transport = new SocketTransport(socket, { clock, log, allowance });
    return connectMcp({ transport, prefix: '', policy, callTimeoutMs: CALL_TIMEOUT_MS, version, clock, log }, signal);
  }
}

function merged(bridges: Iterable<Bridge>): ReadonlyMap<string, OfferedByBridge> {
  const newest = new Map<string, { readonly tool: OfferedTool; readonly client: McpClient; readonly order: string }>();
  for (const { token, client } of bridges)
    for (const tool of client?.tools() ?? []) {
      const order = `${client?.serverName ?? ''} ${token.id}`;
      if (client) newest.set(`${order} ${tool.name}`, { tool, client, order });
    }
  const named = new Map<string, OfferedByBridge>();
  for (const { tool, client } of [...newest.values()].toSorted((a, b) => compare(a.order, b.order))) {
    const prefix = client.serverName === '' ? '' : `${client.serverName}_`;
    const name = named.has(tool.name) ? safeToolName(prefix + tool.name, named) : tool.name;
    named.set(name, { tool: { ...tool, name }, name: tool.name, client });
  }
  return named;
}

/** Compares character codes, because `localeCompare` would depend on the language of the machine. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function pathOf(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.replace(/\/+$/, '');
}

function tokenOf(url: string): string | undefined {
  const start = url.indexOf('?');
  const token = new URLSearchParams(start < 0 ? '' : url.slice(start + 1)).get('token');
  return token === null || token === '' || token.length > MAX_TOKEN_CHARS ? undefined : token;
}

function refuse(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
