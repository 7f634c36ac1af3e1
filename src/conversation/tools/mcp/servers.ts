import type { Scope } from '../../../core/index.js';
import type { ToolSource } from '../tool-source.js';
import { RunningByName } from './running.js';
import { McpServer, type McpServerOptions, type McpServerState } from './server.js';
import { ANY_AGENT, type McpServerFile, type McpServerSettings } from './settings.js';
import { toolGone } from '../tool-errors.js';

export interface McpServersOptions extends McpServerOptions {
  readonly scope: Scope;
}

/** Connects to the MCP servers in the owner's file, which may change while devices are talking. */
export class McpServers {
  readonly #running: RunningByName<McpServerSettings, McpServer>;
  #mistakes: McpServerFile['mistakes'] = [];

  constructor(private readonly options: McpServersOptions) {
    const create = (settings: McpServerSettings): McpServer => new McpServer(settings, options, () => this.#count());
    this.#running = new RunningByName('mcp', options.scope, create);
  }

  /** Does not touch unchanged servers. */
  apply({ servers, mistakes }: Pick<McpServerFile, 'servers' | 'mistakes'>): void {
    this.#mistakes = mistakes;
    this.#running.apply(servers);
    this.#count();
  }

  get states(): readonly McpServerState[] {
    return [
      ...this.#running.all.map(({ state }) => state),
      ...this.#mistakes.map(({ name, reason }): McpServerState => ({
        name,
        place: '',
        state: 'failed',
        tools: [],
        restarts: 0,
        optional: false,
        error: { code: 'mcp.bad_entry', message: reason },
      })),
    ];
  }

  /** Empty if the server is not connected. */
  toolsOf(server: string): readonly string[] {
    const found = this.#running.all.find(({ settings }) => settings.name === server);
    return found?.tools().map(({ name }) => name) ?? [];
  }

  /** Resolves after one attempt to connect to each server. */
  async tried(): Promise<void> {
    await Promise.all(this.#running.all.map((server) => server.tried()));
  }

  /** An undefined agent may use only the servers for every agent. `usable` excludes further servers. */
  for(agent: () => string | undefined, usable: (settings: McpServerSettings) => boolean = () => true): ToolSource {
    const allowed = (): readonly McpServer[] => {
      const agentId = agent();
      return this.#running.all.filter(({ settings }) => {
        const { agents } = settings;
        const own =
          agents === undefined || agentId === ANY_AGENT || (agentId !== undefined && agents.includes(agentId));
        return own && usable(settings);
      });
    };
    return {
      id: 'mcp',
      list: () => {
        const names = new Set<string>();
        return allowed()
          .flatMap((server) => server.tools())
          .filter(({ name }) => !names.has(name) && names.add(name));
      },
      async call(name, input, signal) {
        signal.throwIfAborted();
        const server = allowed().find((candidate) => candidate.tools().some((tool) => tool.name === name));
        if (!server) throw toolGone();
        return server.call(name, input, signal);
      },
    };
  }

  #count(): void {
    const states = this.#running.all
      .filter(({ state }) => !state.optional || state.state === 'ready')
      .map(({ state }) => state.state);
    for (const state of ['connecting', 'ready', 'failed'] as const)
      this.options.metrics.gauge('chorus_mcp_servers', states.filter((one) => one === state).length, { state });
  }
}
