import { createCipheriv, createHash } from 'node:crypto';
import type { Draft } from './draft.js';
import type { OldAgent } from './manager-dump.js';
import { at, emptyBranch, isBranch, isPlaceholder, textOf, type Branch, type Tree } from './tree.js';
import { parseJsonTree } from './yaml-tree.js';
import { movingOverWords } from './words.js';

/** The old server's file name. Chorus reads a file of this name, too. */
export const MCP_FILE = '.mcp_server_settings.json';

/** Each access point costs one more connection. */
const MAX_AGENTS = 16;
const KEY_BYTES = 32;

interface McpSources {
  readonly tree: Branch;
  /** Text of the old server's own file. Undefined if there is none. */
  readonly toolsText: string | undefined;
  /** Agents of the imported database, except the main agent. */
  readonly agents: readonly { readonly id: string; readonly name: string }[];
  readonly main: OldAgent | undefined;
}

/** By address, because agents may share a name. */
type Points = Map<string, { readonly name: string; readonly point: Branch }>;

/** Adds the old server's access points to the MCP server file. Returns undefined if the file would be empty. */
export function planMcpServers(draft: Draft, sources: McpSources): string | undefined {
  const { tree, toolsText } = sources;
  const points: Points = new Map();
  addPoint(draft, points, textOf(at(tree, ['mcp_endpoint'])));
  addPointsOfAgents(draft, points, textOf(at(tree, ['server', 'mcp_endpoint'])), sources);
  if (points.size === 0) return toolsText;
  const old = toolsText === undefined ? emptyBranch() : parseJsonTree(toolsText);
  const file = isBranch(old) ? old : emptyBranch();
  const before = file['mcpServers'];
  const servers: Record<string, Tree> = { ...(isBranch(before) && before) };
  for (const { name, point } of points.values()) servers[freeName(servers, name)] = point;
  return `${JSON.stringify({ ...file, mcpServers: servers }, null, 2)}\n`;
}

function addPoint(draft: Draft, points: Points, address: string | undefined): void {
  if (address === undefined || isPlaceholder(address)) return;
  if (!isAddress(address, /^wss?:$/)) {
    draft.skip('mcp_endpoint', movingOverWords.noWebSocket);
    return;
  }
  points.set(address, { name: 'mcp-endpoint', point: { url: address } });
  draft.keep('mcp_endpoint', MCP_FILE, '***');
}

/**
 * Adds one access point per agent, but the main agent's only if there is no other agent. `address` is the URL of a
 * health check, which contains the key.
 */
function addPointsOfAgents(
  draft: Draft,
  points: Points,
  address: string | undefined,
  { agents, main }: McpSources,
): void {
  const from = 'server.mcp_endpoint';
  if (address === undefined || isPlaceholder(address)) return;
  const key = isAddress(address, /^(https?|wss?):$/) ? new URL(address).searchParams.get('key') : undefined;
  if (key === undefined || key === null || key === '' || isPlaceholder(key) || Buffer.byteLength(key) > KEY_BYTES) {
    draft.skip(from, movingOverWords.noHealth);
    return;
  }
  for (const { id, name } of agents.slice(0, MAX_AGENTS)) {
    const url = pointOf(address, key, id);
    points.set(url, { name: `mcp-endpoint ${name}`.slice(0, 56), point: { url, agents: [id] } });
    draft.keep(`${from}: ${JSON.stringify(name)}`, MCP_FILE, '***');
  }
  if (agents.length > MAX_AGENTS)
    draft.skip(from, movingOverWords.tooManyAccessPoints(MAX_AGENTS, agents.length - MAX_AGENTS));
  if (!main) return;
  if (agents.length === 0) {
    const url = pointOf(address, key, main.id);
    points.set(url, { name: 'mcp-endpoint', point: { url } });
    draft.keep(from, MCP_FILE, '***');
  } else draft.ask(from, movingOverWords.toolsOfMainAgent);
}

/** The token of an access point is a hash of the agent id, encrypted with the key. */
function pointOf(address: string, key: string, agentId: string): string {
  const url = new URL(address);
  url.protocol = /^(https|wss):$/.test(url.protocol) ? 'wss:' : 'ws:';
  url.pathname = `${url.pathname.slice(0, url.pathname.lastIndexOf('/'))}/mcp/`;
  const padded = Buffer.alloc(KEY_BYTES);
  padded.write(key);
  const cipher = createCipheriv('aes-256-ecb', padded, null);
  const id = createHash('md5').update(agentId).digest('hex');
  const token = Buffer.concat([cipher.update(`{"agentId": "${id}"}`), cipher.final()]).toString('base64');
  url.search = `?token=${encodeURIComponent(token)}`;
  return url.href;
}

function isAddress(text: string, protocols: RegExp): boolean {
  return URL.canParse(text) && protocols.test(new URL(text).protocol) && new URL(text).hostname !== '';
}

function freeName(taken: Readonly<Record<string, unknown>>, name: string): string {
  let free = name;
  for (let n = 2; Object.hasOwn(taken, free); n++) free = `${name} ${n}`;
  return free;
}
