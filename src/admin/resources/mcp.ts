import { z } from 'zod';
import { ChorusError } from '../../core/index.js';
import type { AdminApi, Routes } from '../api.js';
import { idParameter, wallMs } from '../shapes.js';

/** A server of the file and its current state. */
export const mcpServerView = z.object({
  name: z.string(),
  place: z.string().meta({ description: 'Its command, or its address without secrets.' }),
  state: z.enum(['connecting', 'ready', 'failed']),
  tools: z.array(z.object({ name: z.string(), description: z.string(), confirm: z.boolean() })),
  restarts: z.number(),
  optional: z.boolean().meta({
    description: "Something else does its work while it cannot be used: Home Assistant's REST interface.",
  }),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** The access point of another server, to which tools of this server are offered. */
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

/** A token of the access point; the token itself is shown once, when it is made. */
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

/** MCP operations of the API. Only the file decides which programs are started. */
export interface McpControl {
  view(): Promise<McpAnswer>;
  /** Error: `mcp.bad_file`. */
  reload(): Promise<void>;
  /** Errors: `tool.*`. */
  call(tool: string, input: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<string>;
  createToken(agent: string | undefined): Promise<{ readonly id: string; readonly token: string }>;
  /** False: there is no token with that id. */
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
