import { createMcpControl, type McpControl } from '../admin/index.js';
import { asChorusError, type Logger, packageVersion } from '../core/index.js';
import {
  AccessPoint,
  ANY_AGENT,
  HOME_SERVER,
  homeServer,
  McpServers,
  McpTokens,
  readMcpFile,
  ToolOffers,
  type OfferSettings,
  type ServerTools,
  type ToolSource,
} from '../conversation/tools/index.js';
import type { Store } from '../platform/store/index.js';
import type { Foundation } from '../config/index.js';

export interface Mcp {
  readonly servers: McpServers;
  readonly accessPoint: AccessPoint;
  readonly tokens: McpTokens;
  /** Access points of other servers, to which tools are offered. */
  readonly offers: ToolOffers;
  readonly control: McpControl;
  /** Tool sources of one conversation, whose agent may change. */
  sources(agentId: () => string | undefined): readonly ToolSource[];
  /** Tools of Home Assistant's own MCP server. Empty if the server is not connected. */
  homeTools(): readonly string[];
  /** Sets the server's own tools that may be offered to other servers. Call this before the first reload. */
  offerFrom(tools: () => readonly ServerTools[]): void;
  /** Reads the file with MCP servers again. After a rejection with `mcp.bad_file`, nothing has changed. */
  reload(): Promise<void>;
}

/** The first {@link Mcp.reload} starts the servers. */
export function composeMcp(foundation: Foundation, store: Store): Mcp {
  const { live, dataDir, root, common } = foundation;
  const version = packageVersion();
  const scope = root.child('mcp');
  const servers = new McpServers({ ...common, version, scope });
  const tokens = new McpTokens(store, common.clock);
  const accessPoint = new AccessPoint({ ...common, version, scope, tokens });
  scope.fork('revoked MCP tokens', (signal) => accessPoint.run(signal));
  let own: (() => readonly ServerTools[]) | undefined;
  const offers = new ToolOffers({
    ...common,
    version,
    scope,
    random: Math.random,
    sources: (settings) => offeredSources(settings, own?.() ?? [], servers, foundation),
  });
  let file: string | undefined;
  const reload = async (): Promise<void> => {
    const found = await readMcpFile(dataDir, live.current.mcp.servers_file);
    for (const { name, reason } of found.mistakes)
      common.log.warn('An MCP server of the file cannot be used', { code: 'mcp.bad_entry', server: name, reason });
    const home = homeServer(live.current.tools.home_assistant, found.servers);
    servers.apply({ ...found, servers: home ? [...found.servers, home] : found.servers });
    offers.apply(found.offers);
    file = found.file;
  };
  const sources = (agentId: () => string | undefined): readonly ToolSource[] => [
    servers.for(agentId),
    accessPoint.for(agentId),
  ];
  live.onTaken(() => scope.fork('read the MCP servers', () => tell(reload, common.log)));
  return {
    servers,
    accessPoint,
    tokens,
    offers,
    control: createMcpControl({
      servers,
      accessPoint,
      tokens,
      offers,
      file: () => file,
      reload,
      sourcesForAll: () => sources(() => ANY_AGENT),
    }),
    sources,
    homeTools: () => servers.toolsOf(HOME_SERVER),
    offerFrom: (tools) => (own = tools),
    reload,
  };
}

/** Tools that come through an access point (WebSocket) are excluded, because calls could go round in circles. */
function offeredSources(
  { language, agent }: OfferSettings,
  own: readonly ServerTools[],
  servers: McpServers,
  { live, common }: Foundation,
): readonly ToolSource[] {
  const { session } = live.current;
  const user = {
    deviceId: '',
    language: language ?? (session.language === 'auto' ? 'en' : session.language),
    timeZone: session.time_zone === 'auto' ? Intl.DateTimeFormat().resolvedOptions().timeZone : session.time_zone,
    agentId: agent,
    log: common.log,
  };
  return [
    ...own.map((tools): ToolSource => {
      const source = tools.for(user);
      return { ...source, list: () => source.list().filter(({ anywhere }) => anywhere === true) };
    }),
    servers.for(
      () => agent,
      ({ place }) => place.kind !== 'websocket',
    ),
  ];
}

/** A failure is only logged, because devices are served even if the file cannot be read. */
export async function tell(reload: () => Promise<void>, log: Logger): Promise<void> {
  try {
    await reload();
  } catch (error) {
    const { code, message } = asChorusError(error, 'mcp.bad_file');
    log.error('The file with the MCP servers cannot be read; nothing was changed', { code, reason: message });
  }
}
