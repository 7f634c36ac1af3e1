import type { McpServerSettings } from './settings.js';

/** Name of Home Assistant's MCP server. The names of its tools begin with it. */
export const HOME_SERVER = 'home_assistant';
const CALL_TIMEOUT_MS = 30_000;

/** How to reach Home Assistant, from the section `tools.home_assistant`. */
export interface HomeAccess {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** False: Home Assistant's MCP server is not used. */
  readonly mcp: boolean;
}

/**
 * Settings of Home Assistant's own MCP server: streamable HTTP in newer versions, SSE in earlier ones. Undefined: it is
 * switched off, its address or token is missing or invalid, or the owner's file (`others`) has an entry for the same
 * Home Assistant or of this name. That entry is used instead.
 */
export function homeServer(
  { url, token, mcp }: HomeAccess,
  others: readonly McpServerSettings[],
): McpServerSettings | undefined {
  if (!mcp || url === undefined || token === undefined || !URL.canParse(url)) return undefined;
  const base = url.replace(/\/+$/, '');
  const isHome = (address: string): boolean => {
    const [{ host, pathname }, other] = [new URL(base), new URL(address)];
    const ways = [`${pathname}/api/mcp`, `${pathname}/mcp_server/`].map((path) => path.replace('//', '/'));
    // Only these paths belong to Home Assistant. Another program, such as an add-on, may have an MCP server on the same
    // host.
    return other.host === host && ways.some((path) => other.pathname.startsWith(path));
  };
  if (others.some(({ name, place }) => name === HOME_SERVER || (place.kind === 'http' && isHome(place.url))))
    return undefined;
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
