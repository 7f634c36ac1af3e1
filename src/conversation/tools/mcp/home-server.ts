import type { McpServerSettings } from './settings.js';

/** The names of Home Assistant's tools begin with this name. */
export const HOME_SERVER = 'home_assistant';
const CALL_TIMEOUT_MS = 30_000;

/** The section `tools.home_assistant` of the configuration. */
export interface HomeAccess {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  /** False if Home Assistant's MCP server is not used. */
  readonly mcp: boolean;
}

/**
 * Returns the settings for Home Assistant's own MCP server. Newer versions use streamable HTTP, earlier ones use SSE.
 * Returns undefined if the server is switched off, or without a token or a valid address. Also returns undefined if the
 * owner's file (`others`) already has an entry for it.
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
    // The path matters, because another program on the same host may also have an MCP server.
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
