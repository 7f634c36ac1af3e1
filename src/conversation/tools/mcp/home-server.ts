import type { McpServerSettings } from './settings.js';

/** Name of the MCP server of Home Assistant. The names of its tools begin with it. */
export const HOME_SERVER = 'home_assistant';
const CALL_TIMEOUT_MS = 30_000;

/** Access to Home Assistant, from the section `tools.home_assistant`. */
export interface HomeAccess {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** False: its MCP server is not used. */
  readonly mcp: boolean;
}

/**
 * The MCP server that is part of Home Assistant: streamable HTTP in newer versions, SSE in earlier ones. Undefined: it
 * shall not be used, or the owner's file (`others`) has an entry for the same Home Assistant, which is used instead.
 */
export function homeServer(
  { url, token, mcp }: HomeAccess,
  others: readonly McpServerSettings[],
): McpServerSettings | undefined {
  if (!mcp || url === undefined || token === undefined || !URL.canParse(url)) return undefined;
  const base = url.replace(/\/+$/, '');
  const { host } = new URL(base);
  const known = others.some(
    ({ name, place }) => name === HOME_SERVER || (place.kind === 'http' && new URL(place.url).host === host),
  );
  if (known) return undefined;
  return {
    name: HOME_SERVER,
    place: {
      kind: 'http',
      url: `${base}/api/mcp`,
      sseUrl: `${base}/mcp_server/sse`,
      headers: { Authorization: `Bearer ${token}` },
      ways: ['streamable', 'sse'],
    },
    tools: undefined,
    agents: undefined,
    confirm: undefined,
    timeoutMs: CALL_TIMEOUT_MS,
    optional: true,
  };
}
