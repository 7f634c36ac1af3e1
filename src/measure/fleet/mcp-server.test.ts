import { describe, expect, it } from 'vitest';
import { DeviceMcp, standardTools, type DeviceTool } from './mcp-server.js';

const settings = { volume: 50, brightness: 60, theme: 'light' };
const tool = (name: string): DeviceTool => ({ name, description: 'x'.repeat(900), properties: {}, call: () => 'true' });
const server = (extra: readonly DeviceTool[] = []): DeviceMcp =>
  new DeviceMcp([...standardTools(settings), ...extra], { name: 'board', version: '2.4.2' });
const ask = (
  mcp: DeviceMcp,
  method: string,
  params?: unknown,
): { result?: Record<string, unknown>; error?: { message: string } } | undefined => {
  const reply = mcp.handle({ jsonrpc: '2.0', id: 1, method, ...(params !== undefined && { params }) });
  return reply === undefined ? undefined : (JSON.parse(reply) as { result?: Record<string, unknown> });
};

describe('the MCP server of the device (docs/protocol.md 5)', () => {
  it.each([
    ['wrong version', { jsonrpc: '1.0', id: 1, method: 'initialize' }],
    ['no method', { jsonrpc: '2.0', id: 1 }],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['params null', { jsonrpc: '2.0', id: 1, method: 'tools/list', params: null }],
    ['an id that is no number', { jsonrpc: '2.0', id: '1', method: 'tools/list' }],
    ['not an object', 'x'],
  ])('does not answer: %s', (_name, payload) => {
    expect(server().handle(payload)).toBeUndefined();
  });

  it('pages its tools at 8000 characters and leaves out user-only tools', () => {
    const mcp = server(Array.from({ length: 20 }, (_, i) => tool(`self.extra.${i}`)));
    const names: string[] = [];
    let pages = 0;
    for (let cursor: unknown = ''; cursor !== undefined; pages++) {
      const reply = mcp.handle({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor } }) ?? '';
      const { result } = JSON.parse(reply) as { result: { tools: { name: string }[]; nextCursor?: string } };
      expect(JSON.stringify(result).length).toBeLessThanOrEqual(8000);
      names.push(...result.tools.map(({ name }) => name));
      cursor = result.nextCursor;
    }
    expect(pages).toBe(3);
    expect(names).toHaveLength(24);
    expect(names).not.toContain('self.reboot');
    expect(ask(mcp, 'tools/list', { withUserTools: true, cursor: 'self.reboot' })).toHaveProperty('result');
    expect(ask(mcp, 'tools/list', { cursor: 'nothing' })).toHaveProperty('error');
  });

  it('changes its state, and sends errors without a code', () => {
    const mcp = server();
    expect(
      ask(mcp, 'tools/call', { name: 'self.audio_speaker.set_volume', arguments: { volume: 12.9, more: 1 } }),
    ).toHaveProperty('result');
    expect(settings.volume).toBe(12);
    expect(ask(mcp, 'tools/call', { name: 'self.get_device_status' })?.result).toMatchObject({
      content: [{ text: expect.stringContaining('"volume":12') }],
    });
    const error = (params: unknown): unknown => ask(mcp, 'tools/call', params)?.error;
    expect(error({ name: 'self.audio_speaker.set_volume', arguments: { volume: 101 } })).toEqual({
      message: 'Value exceeds maximum allowed: 100',
    });
    expect(error({ name: 'self.audio_speaker.set_volume', arguments: { volume: '5' } })).toEqual({
      message: 'Missing valid argument: volume',
    });
    expect(error({ name: 'self.audio_speaker.set_volume', arguments: null })).toEqual({ message: 'Invalid arguments' });
    expect(error({ name: 'no.such' })).toEqual({ message: 'Unknown tool: no.such' });
    expect(ask(mcp, 'resources/list')?.error).toEqual({ message: 'Method not implemented: resources/list' });
  });
});
