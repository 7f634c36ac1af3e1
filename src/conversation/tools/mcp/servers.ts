import { isDeepStrictEqual } from 'node:util';
import type { Scope } from '../../../core/index.js';
import type { ToolSource } from '../tool-source.js';
import { McpServer, type McpServerOptions, type McpServerState } from './server.js';
import { ANY_AGENT, type McpServerFile } from './settings.js';
import { toolGone } from '../tool-errors.js';

export interface McpServersOptions extends McpServerOptions {
  readonly scope: Scope;
}

interface Running {
  readonly server: McpServer;
  readonly scope: Scope;
}

/** All configured servers. Their list may change while devices talk. */
export class McpServers {
  readonly #running = new Map<string, Running>();
  #mistakes: McpServerFile['mistakes'] = [];

  constructor(private readonly options: McpServersOptions) {}

  /** Starts new servers, ends removed ones, and leaves unchanged ones alone. */
  apply({ servers, mistakes }: McpServerFile): void {
    this.#mistakes = mistakes;
    const wanted = new Map(servers.map((settings) => [settings.name, settings]));
    for (const [name, { server, scope }] of this.#running) {
      if (isDeepStrictEqual(wanted.get(name), server.settings)) continue;
      this.#running.delete(name);
      this.options.scope.fork('end an MCP server', () => scope.close('no longer configured'));
    }
    for (const [name, settings] of wanted) {
      if (this.#running.has(name)) continue;
      const server = new McpServer(settings, this.options, () => this.#count());
      const scope = this.options.scope.child(`mcp ${name}`);
      this.#running.set(name, { server, scope });
      scope.fork('connection', (signal) => server.run(signal));
    }
    this.#count();
  }

  get states(): readonly McpServerState[] {
    return [
      ...[...this.#running.values()].map(({ server }) => server.state),
      ...this.#mistakes.map(({ name, reason }): McpServerState => ({
        name,
        place: '',
        state: 'failed',
        tools: [],
        restarts: 0,
        error: { code: 'mcp.bad_entry', message: reason },
      })),
    ];
  }

  /** Resolves when each server has been tried once. */
  async tried(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ server }) => server.tried()));
  }

  /** The tools of the servers that an agent may use. Agent undefined: those of the servers that every agent may use. */
  for(agent: () => string | undefined): ToolSource {
    const usable = (): readonly McpServer[] => {
      const agentId = agent();
      return [...this.#running.values()].flatMap(({ server }) => {
        const { agents } = server.settings;
        return agents === undefined || agentId === ANY_AGENT || (agentId !== undefined && agents.includes(agentId))
          ? [server]
          : [];
      });
    };
    return {
      id: 'mcp',
      list: () => {
        const names = new Set<string>();
        return usable()
          .flatMap((server) => server.tools())
          .filter(({ name }) => !names.has(name) && names.add(name));
      },
      async call(name, input, signal) {
        signal.throwIfAborted();
        const server = usable().find((candidate) => candidate.tools().some((tool) => tool.name === name));
        if (!server) throw toolGone();
        return server.call(name, input, signal);
      },
    };
  }

  #count(): void {
    const states = [...this.#running.values()].map(({ server }) => server.state.state);
    for (const state of ['connecting', 'ready', 'failed'] as const)
      this.options.metrics.gauge('chorus_mcp_servers', states.filter((one) => one === state).length, { state });
  }
}
