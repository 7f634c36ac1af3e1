import { describe, expect, it } from 'vitest';
import { placeName, readServerFile, secretsOf } from './settings.js';

const read = (mcpServers: unknown) => readServerFile(JSON.stringify({ mcpServers }));
const place = (entry: unknown) => read({ x: entry }).servers[0]?.place;

describe('the file of MCP servers', () => {
  it('has the format of known clients', () => {
    expect(place({ command: 'npx', args: ['-y', 'server'], env: { KEY: 1 }, des: 'x', link: 'y' })).toEqual({
      kind: 'command',
      command: 'npx',
      args: ['-y', 'server'],
      env: { KEY: '1' },
      cwd: undefined,
    });
    const http = { kind: 'http', url: 'http://h/mcp', headers: {}, ways: ['streamable', 'sse'] };
    for (const entry of [
      { url: 'http://h/mcp' },
      { serverUrl: 'http://h/mcp' },
      { url: 'http://h/mcp', type: 'http' },
      { url: 'http://h/mcp', transportType: 'streamablehttp' },
      { url: 'http://h/mcp', transport: 'streamable-http', timeout: 30, sse_read_timeout: 300 },
    ])
      expect(place(entry)).toEqual(http);
    const sse = { ...http, ways: ['sse', 'streamable'] };
    expect(place({ url: 'http://h/mcp', transport: 'sse' })).toEqual(sse);
    expect(place({ url: 'http://h/sse' })).toEqual({ ...sse, url: 'http://h/sse' });
    expect(place({ url: 'http://h/mcp', API_ACCESS_TOKEN: 'abc' })).toEqual({
      ...http,
      headers: { Authorization: 'Bearer abc' },
    });
  });

  it.each([
    [{ command: 'mcp-proxy', args: ['http://ha:8123/mcp_server/sse'], env: { API_ACCESS_TOKEN: 'token' } }],
    [{ command: 'uvx', args: ['mcp-proxy', 'http://ha:8123/mcp_server/sse'], env: { API_ACCESS_TOKEN: 'token' } }],
    [{ command: '/usr/bin/mcp-proxy', env: { SSE_URL: 'http://ha:8123/mcp_server/sse', API_ACCESS_TOKEN: 'token' } }],
    [{ command: 'mcp-proxy', args: ['http://ha:8123/mcp_server/sse', '-H', 'Authorization', 'Bearer token'] }],
  ])("connects directly to the address for which Home Assistant's proxy is configured: %j", (entry) => {
    expect(place(entry)).toEqual({
      kind: 'http',
      url: 'http://ha:8123/mcp_server/sse',
      headers: { Authorization: 'Bearer token' },
      ways: ['sse', 'streamable'],
    });
  });

  it('accepts the address of either side of another access point', () => {
    for (const side of ['mcp', 'call'])
      expect(place({ url: `ws://h:8004/mcp_endpoint/${side}/?token=t` })).toEqual({
        kind: 'websocket',
        url: 'ws://h:8004/mcp_endpoint/call/?token=t',
      });
  });

  it('reports what is wrong with an entry, and uses the others', () => {
    const { servers, mistakes } = read({
      good: { command: 'x' },
      off: { command: 'x', disabled: true },
      empty: {},
      odd: { url: 'ftp://h' },
      broken: 'x',
      wrong: { command: 'x', args: 'y' },
    });
    expect(servers.map(({ name }) => name)).toEqual(['good']);
    expect(mistakes.map(({ name }) => name)).toEqual(['empty', 'odd', 'broken', 'wrong']);
    for (const bad of ['{"mcpServers":[]}', '[]', '{"mcpServers":7}'])
      expect(() => readServerFile(bad)).toThrow('mcpServers');
    expect(() => readServerFile('{"mcpServers":{},"accessPoints":[]}')).toThrow('it has no object "accessPoints"');
  });

  it('reports a name that is empty or too long, and uses the others', () => {
    const long = 'n'.repeat(65);
    const { servers, offers, mistakes } = readServerFile(
      JSON.stringify({
        mcpServers: { [long]: { command: 'x' }, '': { command: 'x' }, good: { command: 'x' } },
        accessPoints: { [long]: { url: 'wss://h/mcp' }, good: { url: 'wss://h/mcp' } },
      }),
    );
    expect([...servers, ...offers].map(({ name }) => name)).toEqual(['good', 'good']);
    const reason = 'its name is empty or longer than 64 characters';
    expect(mistakes).toEqual([long.slice(1), '', long.slice(1)].map((name) => ({ name, reason })));
  });

  it('keeps secrets out of what is displayed', () => {
    const [server] = read({ x: { url: 'https://h/a?key=secret-key', headers: { 'X-Key': 'other-secret' } } }).servers;
    expect(placeName(server!)).toBe('https://h/a');
    expect(secretsOf(server!)).toEqual(['other-secret', 'secret-key']);
    const [bearer] = read({ x: { url: 'https://h/a', headers: { Authorization: 'Bearer the-token' } } }).servers;
    expect(secretsOf(bearer!)).toEqual(['Bearer the-token', 'the-token']);
  });
});
