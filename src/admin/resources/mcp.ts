import { z } from 'zod';
import type { AccessPoint, McpServers, McpTokens, ToolOffers, ToolSource } from '../../conversation/tools/index.js';
import { ChorusError } from '../../core/index.js';
import type { AdminApi, Routes } from '../api.js';
import { idParameter, wallMs } from '../shapes.js';

export const mcpServerView = z.object({
  name: z.string(),
  place: z.string().meta({ description: 'Its command, or its address without secrets.' }),
  state: z.enum(['connecting', 'ready', 'failed']),
  tools: z.array(z.object({ name: z.string(), description: z.string(), confirm: z.boolean() })),
  restarts: z.number(),
  optional: z.boolean().meta({
    description: "True: while it cannot be used, Home Assistant's REST interface does its work.",
  }),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Another server's access point, to which this server offers tools. */
export const mcpOfferView = z.object({
  name: z.string(),
  place: z.string().meta({ description: 'Its address without the token.' }),
  state: z.enum(['connecting', 'ready', 'failed']),
  tools: z.array(z.string()).meta({ description: 'Offered tools.' }),
  unknown: z.array(z.string()).meta({ description: 'Entries of the list in the file for which there is no tool.' }),
  calls: z.number().meta({ description: 'Calls since the start of this server.' }),
  restarts: z.number(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** A token for this server's access point. The secret itself is shown only once, when it is made. */
export const mcpTokenView = z.object({
  id: z.string(),
  agent: z.string().optional().meta({ description: 'The agent that may use it; left out: every device.' }),
  createdMs: wallMs,
  bridges: z.number().meta({ description: 'Connections now.' }),
  tools: z.array(z.string()),
});

export const mcpAnswer = z.object({
  file: z.string().optional().meta({ description: 'The file with the servers; left out: there is none.' }),
  servers: z.array(mcpServerView),
  tokens: z.array(mcpTokenView),
  accessPoints: z
    .array(mcpOfferView)
    .meta({ description: 'Access points of other servers, to which tools of this server are offered.' }),
});
export type McpAnswer = z.output<typeof mcpAnswer>;

export const callMcpRequest = z.strictObject({
  tool: z.string().min(1).max(64),
  arguments: z.record(z.string(), z.unknown()).default({}),
});
export const callMcpAnswer = z.object({ text: z.string() });
export const createMcpTokenRequest = z.strictObject({
  agent: z.string().min(1).max(128).optional().meta({ description: 'Left out: every device may use what connects.' }),
});
export const createMcpTokenAnswer = z.object({
  id: z.string(),
  token: z.string().meta({ description: 'Shown this once.' }),
});

export const mcpRoutes = {
  readMcp: {
    method: 'GET',
    path: '/mcp',
    summary: 'MCP servers with their state and tools, tokens of the access point, and where tools are offered.',
    answer: mcpAnswer,
  },
  reloadMcp: {
    method: 'POST',
    path: '/mcp/reload',
    summary: 'Reads the file with the MCP servers again.',
    answer: mcpAnswer,
  },
  callMcp: {
    method: 'POST',
    path: '/mcp/call',
    summary: 'Calls a tool of an MCP server or of the access point, without asking anybody.',
    body: callMcpRequest,
    answer: callMcpAnswer,
  },
  createMcpToken: {
    method: 'POST',
    path: '/mcp/tokens',
    summary: 'Makes a token of the access point.',
    body: createMcpTokenRequest,
    answer: createMcpTokenAnswer,
  },
  revokeMcpToken: {
    method: 'DELETE',
    path: '/mcp/tokens/:id',
    summary: 'Makes a token invalid, and ends what is connected with it.',
    params: idParameter,
  },
} as const satisfies Routes;

/** Cannot add MCP servers, because only their file decides which programs are started. */
export interface McpControl {
  view(): Promise<McpAnswer>;
  /** Error: `mcp.bad_file`. */
  reload(): Promise<void>;
  /** Errors: `tool.*`. */
  call(tool: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>;
  createToken(agent: string | undefined): Promise<{ readonly id: string; readonly token: string }>;
  revokeToken(id: string): Promise<boolean>;
}

export function registerMcpRoutes(api: AdminApi, mcp: McpControl): void {
  api.on(mcpRoutes.readMcp, () => mcp.view());
  api.on(mcpRoutes.reloadMcp, async () => {
    await mcp.reload();
    return mcp.view();
  });
  api.on(mcpRoutes.callMcp, async ({ body, signal }) => ({ text: await mcp.call(body.tool, body.arguments, signal) }));
  api.on(mcpRoutes.createMcpToken, ({ body }) => mcp.createToken(body.agent));
  api.on(mcpRoutes.revokeMcpToken, async ({ params: { id } }) => {
    if (!(await mcp.revokeToken(id)))
      throw new ChorusError('admin.not_found', `there is no token ${id}`, { details: { what: id } });
  });
}

export interface McpParts {
  readonly servers: McpServers;
  readonly accessPoint: AccessPoint;
  readonly tokens: McpTokens;
  /** Other servers' access points, to which this server offers tools. */
  readonly offers: ToolOffers;
  /** Sources of the tools that every agent may call. */
  readonly sourcesForAll: () => readonly ToolSource[];
  /** Reads the file of MCP servers again. Error: `mcp.bad_file`. */
  readonly reload: () => Promise<void>;
  /** The file of MCP servers. Undefined if there is none. */
  readonly file: () => string | undefined;
}

export function createMcpControl({
  servers,
  accessPoint,
  tokens,
  offers,
  sourcesForAll,
  reload,
  file,
}: McpParts): McpControl {
  return {
    async view() {
      const bridges = accessPoint.states;
      return {
        file: file(),
        servers: servers.states.map((state) => ({ ...state, tools: [...state.tools] })),
        accessPoints: offers.states.map((state) => ({
          ...state,
          tools: [...state.tools],
          unknown: [...state.unknown],
        })),
        tokens: (await tokens.list()).map(({ id, agent, createdMs }) => {
          const own = bridges.filter(({ tokenId }) => tokenId === id);
          return { id, agent, createdMs, bridges: own.length, tools: [...new Set(own.flatMap(({ tools }) => tools))] };
        }),
      };
    },
    async reload() {
      await reload();
      await servers.tried();
    },
    async call(tool, input, signal) {
      // A client of this API may call every tool that all agents may call.
      const source = sourcesForAll().find((candidate) => candidate.list().some(({ name }) => name === tool));
      if (!source) throw new ChorusError('admin.not_found', `there is no tool ${tool}`, { details: { what: tool } });
      return (await source.call(tool, input, signal)).text;
    },
    async createToken(agent) {
      const { entry, token } = await tokens.create(agent);
      return { id: entry.id, token };
    },
    async revokeToken(id) {
      const revoked = await tokens.revoke(id);
      if (revoked) accessPoint.disconnect(id);
      return revoked;
    },
  };
}
