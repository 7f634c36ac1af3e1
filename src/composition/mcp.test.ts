import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/fake-clock.js';
import { FakeHomeAssistant, HOME_TOKEN } from '../../test/fakes/home-assistant.js';
import { configSchema, LiveConfig } from '../config/index.js';
import { noMetrics, Scope, silentLogger } from '../core/index.js';
import type { Store } from '../platform/store/index.js';
import { composeMcp, type Mcp } from './mcp.js';

let dataDir: string;
let home: FakeHomeAssistant;
let root: Scope;
let live: LiveConfig;
let mcp: Mcp;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chorus-compose-mcp-'));
  home = await FakeHomeAssistant.start();
  root = new Scope('test', () => undefined);
  const config = configSchema.parse({});
  live = new LiveConfig(config);
  const common = { clock: new FakeClock(), log: silentLogger, metrics: noMetrics };
  mcp = composeMcp({ config, live, dataDir, root, http: { fetch }, common }, {} as Store);
  await mcp.reload();
});
afterEach(async () => {
  await root.close();
  await home.close();
  await rm(dataDir, { recursive: true });
});

const take = (settings: Readonly<Record<string, unknown>>): Promise<void> =>
  live.replace(configSchema.parse(settings), { trial: false, signal: new AbortController().signal });
const withHome = (change: Readonly<Record<string, unknown>> = {}): Promise<void> =>
  take({ tools: { home_assistant: { url: home.url, token: HOME_TOKEN, ...change } } });
const connected = (): boolean => mcp.homeTools().length > 0;

describe('a new configuration', () => {
  it('connects the MCP server of Home Assistant, and disconnects it when its section is removed', async () => {
    expect(connected()).toBe(false);
    await withHome();
    await expect.poll(connected).toBe(true);
    await take({});
    await expect.poll(() => mcp.servers.states).toEqual([]);
    expect(connected()).toBe(false);
  });

  it.each([
    ['another token', { token: 'another token' }],
    ['mcp: false', { mcp: false }],
  ])('ends the old connection for %s, so that models get the REST tools', async (_, change) => {
    await withHome();
    await expect.poll(connected).toBe(true);
    await withHome(change);
    await expect.poll(connected).toBe(false);
  });

  it('reads the file with MCP servers', async () => {
    const entry = { url: `${home.url}/mcp_server/sse` };
    await writeFile(join(dataDir, 'other.json'), JSON.stringify({ mcpServers: { named: entry } }));
    await take({ mcp: { servers_file: 'other.json' } });
    await expect.poll(() => mcp.servers.states.map(({ name }) => name)).toEqual(['named']);
  });
});
