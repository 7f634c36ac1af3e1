import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOME_REST_TOOLS, HOME_SERVER, homeServer, McpServers } from '../../src/conversation/tools/index.js';
import { createToolbox } from '../../src/conversation/tools/toolbox.js';
import type { Toolbox } from '../../src/conversation/tools/tool-source.js';
import { readServerFile } from '../../src/conversation/tools/mcp/settings.js';
import { noMetrics, Scope, silentLogger } from '../../src/core/index.js';
import { homeAssistantCheck } from '../../src/maintenance/doctor/checks/home-assistant.js';
import type { DoctorContext } from '../../src/maintenance/doctor/check.js';
import { live } from '../../src/plugin/testing/suite.js';
import { createLlm, toolsForModels } from '../../src/providers/index.js';
import { configSchema } from '../../src/config/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeHomeAssistant, HOME_TOKEN, type HomeMcp } from '../fakes/home-assistant.js';
import { ToolWorld } from '../fakes/tool-world.js';

let home: FakeHomeAssistant;
let scope: Scope;
let clock: FakeClock;
let servers: McpServers;
let world: ToolWorld;
let toolbox: Toolbox;

beforeEach(async () => {
  home = await FakeHomeAssistant.start();
  scope = new Scope('test', () => undefined);
  clock = new FakeClock();
  servers = new McpServers({ scope, clock, metrics: noMetrics, log: silentLogger, version: '1' });
  world = await ToolWorld.open({ sections: { home_assistant: { url: home.url, token: HOME_TOKEN } } });
  toolbox = createToolbox({
    sources: [world.source(), servers.for(() => undefined)],
    forRules: (name) => HOME_REST_TOOLS.has(name) && servers.toolsOf(HOME_SERVER).length > 0,
    clock,
    log: silentLogger,
  });
});
afterEach(async () => {
  await scope.close();
  await world.close();
  await home.close();
});

async function connect(mcp: HomeMcp, token = HOME_TOKEN): Promise<void> {
  home.mcp = mcp;
  const server = homeServer({ url: `${home.url}/`, token, mcp: true }, []);
  servers.apply({ servers: server ? [server] : [], mistakes: [] });
  await servers.tried();
}
/** Names of the home tools that a model is offered. */
const forModels = (): readonly string[] =>
  toolsForModels(toolbox.list())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('home_') && name !== 'home_unlock');
const MCP = ['home_assistant_HassTurnOn', 'home_assistant_HassTurnOff', 'home_assistant_GetLiveContext'];
const REST = ['home_find', 'home_control'];
const step = async (condition: () => boolean): Promise<void> => {
  while (!condition()) {
    await clock.advance(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('Home Assistant with only an address and a token', () => {
  it.each(['streamable', 'sse'] as const)('is used through its own MCP server over %s', async (way) => {
    await connect(way);
    expect(servers.states).toMatchObject([{ name: 'home_assistant', state: 'ready', optional: true }]);
    expect(forModels()).toEqual(MCP);
    const { text } = await toolbox.call('home_assistant_HassTurnOff', { name: 'Kitchen light' }, live());
    expect([text, home.asked]).toEqual(['{"response_type":"action_done"}', ['HassTurnOff {"name":"Kitchen light"}']]);
  });

  it('keeps its REST tools for rule-based answers, which need states', async () => {
    await connect('streamable');
    const llm = createLlm({
      preset: undefined,
      baseUrl: undefined,
      model: undefined,
      apiKey: undefined,
      temperature: undefined,
      firstTokenMs: 8000,
      replyMs: 60_000,
      maxWorkers: 8,
      random: () => 0,
      clock,
      log: silentLogger,
    });
    const messages = [{ role: 'user' as const, content: 'Turn off the kitchen light.' }];
    const request = { messages, tools: toolbox.list(), maxTokens: 100, language: 'en-US', timeZone: 'UTC' };
    const deltas: unknown[] = [];
    for await (const delta of llm.stream(request, live())) deltas.push(delta);
    expect(deltas).toContainEqual({
      type: 'tool_call',
      call: expect.objectContaining({ name: 'home_control' }) as object,
    });
    await toolbox.call('home_control', { name: 'kitchen light', action: 'turn_off' }, live());
    expect(home.asked).toEqual(['GET /api/states', 'POST /api/services/homeassistant/turn_off']);
  });

  it('is used through REST if it has no MCP server, or if that server refuses', async () => {
    await connect('none');
    expect(servers.states).toMatchObject([{ state: 'failed', optional: true }]);
    expect(forModels()).toEqual(REST);
    await connect('streamable', 'another token');
    expect(forModels()).toEqual(REST);
    expect(JSON.stringify(servers.states)).not.toContain('another token');
  });

  it('is used through its MCP server after its setup, and through REST while it restarts', async () => {
    await connect('none');
    home.mcp = 'streamable';
    await step(() => forModels().length === MCP.length);
    await home.close();
    await step(() => forModels().length === REST.length);
    await home.open();
    await step(() => forModels().length === MCP.length);
    home.mcp = 'none';
    await step(() => forModels().length === REST.length);
    expect(forModels()).toEqual(REST);
  });

  it("follows its entry in the owner's file, if there is one", () => {
    const access = { url: 'http://ha.local:8123', token: 't', mcp: true };
    const entry = (url: string) => readServerFile(JSON.stringify({ mcpServers: { x: { url } } })).servers;
    expect(homeServer(access, entry('http://ha.local:8123/mcp_server/sse'))).toBeUndefined();
    expect(homeServer(access, entry('http://ha.local:8123/api/mcp'))).toBeUndefined();
    expect(homeServer(access, entry('http://other.local:8123/mcp'))).toBeDefined();
    // This entry has the same host and port, but belongs to another program.
    expect(homeServer(access, entry('http://ha.local:8123/files/mcp'))).toBeDefined();
    const behind = { ...access, url: 'http://ha.local:8123/ha/' };
    expect(homeServer(behind, entry('http://ha.local:8123/ha/mcp_server/sse'))).toBeUndefined();
    expect(homeServer(behind, entry('http://ha.local:8123/mcp_server/sse'))).toBeDefined();
    expect(homeServer({ ...access, mcp: false }, [])).toBeUndefined();
    expect(homeServer({ ...access, token: undefined }, [])).toBeUndefined();
  });
});

describe('the doctor', () => {
  const findings = (mcp: boolean, token = HOME_TOKEN, url = home.url) =>
    homeAssistantCheck.run({
      config: configSchema.parse({ tools: { home_assistant: { url, token, mcp } } }),
      clock,
      signal: live(),
      version: '1',
      fetch,
    } as unknown as DoctorContext);

  it('reports which of the two is used, or why neither is', async () => {
    expect(await findings(true)).toMatchObject([{ id: 'home.ok', what: { en: 'Its MCP server is used (3 tools).' } }]);
    expect(await findings(false)).toMatchObject([{ id: 'home.ok', what: { en: 'Its REST interface is used.' } }]);
    home.mcp = 'none';
    expect(await findings(true)).toMatchObject([{ id: 'home.rest', severity: 'note' }]);
    expect(await findings(true, 'wrong')).toMatchObject([{ id: 'home.refused' }]);
    expect(await findings(true, HOME_TOKEN, 'http://127.0.0.1:1')).toMatchObject([{ id: 'home.unreachable' }]);
  });
});
