import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../../test/fakes/fake-clock.js';
import { Scope, silentLogger } from '../../../core/index.js';
import { createDeviceTools, type DeviceTools, type DeviceToolsOptions } from './device-tools.js';
import type { McpPayload } from './rpc.js';

type RpcAnswer = Record<string, unknown> | undefined;
type Device = (request: {
  readonly id: number;
  readonly method: string;
  readonly params: Record<string, unknown> | undefined;
}) => RpcAnswer;

const tool = (name: string, extra: Record<string, unknown> = {}) => ({
  name,
  description: `does ${name}`,
  inputSchema: { type: 'object', properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } } },
  ...extra,
});
const text = (value: string): RpcAnswer => ({ result: { content: [{ type: 'text', text: value }], isError: false } });

const standard: Device = ({ method, params }) => {
  if (method === 'initialize')
    return {
      result: {
        protocolVersion: '2024-11-05',
        capabilities: { tools: {} },
        serverInfo: { name: 'board', version: '2.4.2' },
      },
    };
  if (method === 'tools/list')
    return { result: { tools: [tool('self.get_device_status'), tool('self.audio_speaker.set_volume')] } };
  return text(JSON.stringify(params));
};

function connect(device: Device, options: Partial<DeviceToolsOptions> = {}) {
  const clock = new FakeClock();
  const errors: unknown[] = [];
  const scope = new Scope('device', (_name, error) => errors.push(error));
  const sent: McpPayload[] = [];
  const connection: { tools?: DeviceTools } = {};
  const send = (payload: McpPayload): void => {
    const request = JSON.parse(JSON.stringify(payload)) as {
      id?: number;
      method: string;
      params?: Record<string, unknown>;
    };
    sent.push(request);
    const { id, method, params } = request;
    if (id === undefined) return;
    const reply = device({ id, method, params });
    if (reply) queueMicrotask(() => connection.tools?.onMessage({ jsonrpc: '2.0', id, ...reply }));
  };
  const tools = createDeviceTools({ send, clock, log: silentLogger, scope, ...options });
  connection.tools = tools;
  const requests = (method: string): McpPayload[] => sent.filter((payload) => payload['method'] === method);
  return { tools, clock, scope, sent, errors, requests };
}

const live = (): AbortSignal => new AbortController().signal;

function unanswered(name: string): Device {
  return (request) =>
    request.method === 'tools/list'
      ? { result: { tools: [tool(name)] } }
      : request.method === 'tools/call'
        ? undefined
        : standard(request);
}

function paged(next: (cursor: string | undefined) => string | undefined): Device {
  return (request) => {
    if (request.method !== 'tools/list') return standard(request);
    const cursor = request.params?.['cursor'] as string | undefined;
    const nextCursor = next(cursor);
    return {
      result: { tools: [tool(`self.tool_${cursor ?? 'first'}`)], ...(nextCursor === undefined ? {} : { nextCursor }) },
    };
  };
}

const withUserTool: Device = (request) =>
  request.method === 'tools/list'
    ? {
        result: {
          tools: [tool('self.get_device_status'), tool('self.reboot', { annotations: { audience: ['user'] } })],
        },
      }
    : standard(request);

describe('requests (59)', () => {
  it('have a positive integer id below 2^31, jsonrpc 2.0, a method, and never params: null', async () => {
    const { tools, sent } = connect(standard);
    await tools.listed;
    await tools.call('self_get_device_status', {}, live());
    expect(sent.map((payload) => payload['method'])).toEqual([
      'initialize',
      'notifications/initialized',
      'tools/list',
      'tools/call',
    ]);
    const ids = sent.flatMap((payload) => ('id' in payload ? [payload['id'] as number] : []));
    expect(ids).toEqual([1, 2, 3]);
    for (const payload of sent) {
      expect(payload['jsonrpc']).toBe('2.0');
      expect('params' in payload ? payload['params'] : {}).toBeTypeOf('object');
      expect(JSON.stringify(payload)).not.toContain('null');
    }
  });

  it('carry the vision address if there is one (64)', async () => {
    const vision = { url: 'http://192.168.1.2:8000/mcp/vision/explain', token: 't' };
    const { tools, requests } = connect(standard, { vision });
    await tools.listed;
    expect(requests('initialize')[0]).toMatchObject({ params: { capabilities: { vision } } });
  });

  it('carry no vision address if there is none (64, second half)', async () => {
    const { tools, requests } = connect(standard);
    await tools.listed;
    expect(JSON.stringify(requests('initialize')[0])).not.toContain('vision');
  });
});

describe('the wait for the device (60)', () => {
  it('ends if the device does not answer `initialize`; the device then has no tools', async () => {
    const { tools, clock, scope, errors } = connect(() => undefined);
    await clock.advance(10_000);
    await tools.listed;
    expect(tools.list()).toEqual([]);
    expect(clock.pending).toBe(0);
    await settle();
    expect(scope.tree()).toMatchObject({ tasks: [], children: [] });
    expect(errors).toEqual([]);
  });

  it('ends at the time limit of a call, whose late answer is ignored', async () => {
    const { tools, clock, sent } = connect((request) =>
      request.method === 'tools/call' ? undefined : standard(request),
    );
    await tools.listed;
    const result = tools.call('self_get_device_status', {}, live()).catch((error: unknown) => error);
    await clock.advance(8_000);
    expect(await result).toMatchObject({ code: 'tool.timeout' });
    tools.onMessage({ jsonrpc: '2.0', id: sent.at(-1)!['id'], result: { content: [{ type: 'text', text: 'late' }] } });
    expect(clock.pending).toBe(0);
  });

  it('may last longer for the camera (67)', async () => {
    const { tools, clock, sent } = connect(unanswered('self.camera.take_photo'));
    await tools.listed;
    const result = tools.call('self_camera_take_photo', {}, live());
    await clock.advance(45_000);
    tools.onMessage({ jsonrpc: '2.0', id: sent.at(-1)!['id'], result: { content: [{ type: 'text', text: 'a cat' }] } });
    expect((await result).text).toBe('a cat');
  });

  it('ends if a call is aborted or the connection closes', async () => {
    const { tools, clock, scope } = connect((request) =>
      request.method === 'tools/call' ? undefined : standard(request),
    );
    await tools.listed;
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const aborted = tools.call('self_get_device_status', {}, controller.signal).catch((error: unknown) => error);
    const closed = tools.call('self_get_device_status', {}, live()).catch((error: unknown) => error);
    controller.abort(reason);
    expect(await aborted).toBe(reason);
    await scope.close();
    expect(await closed).toMatchObject({ name: 'Cancelled' });
    expect(clock.pending).toBe(0);
  });

  it('ends if the connection closes during the listing', async () => {
    const { tools, clock, scope, errors } = connect(() => undefined);
    await settle();
    await scope.close();
    await tools.listed;
    expect(clock.pending).toBe(0);
    expect(errors).toEqual([]);
  });

  it('is limited to eight requests at a time', async () => {
    const { tools, scope } = connect((request) => (request.method === 'tools/call' ? undefined : standard(request)));
    await tools.listed;
    const calls = Array.from({ length: 9 }, () =>
      tools.call('self_get_device_status', {}, live()).catch((error: unknown) => error),
    );
    expect(await calls[8]).toMatchObject({ code: 'tool.failed' });
    await scope.close();
    await Promise.all(calls);
  });
});

describe('errors (61)', () => {
  it.each<[string, RpcAnswer, string]>([
    ['without code', { error: { message: 'Unknown tool: x' } }, 'Unknown tool: x'],
    ['with code', { error: { code: -32601, message: 'nope' } }, 'nope'],
    ['as a text', { error: 'broken' }, 'broken'],
    ['without words', { error: {} }, 'the device answered with an error'],
    ['neither result nor error', {}, 'the device answered with neither a result nor an error'],
    ['isError', { result: { content: [{ type: 'text', text: 'no camera' }], isError: true } }, 'no camera'],
  ])('%s', async (_name, reply, message) => {
    const { tools } = connect((request) => (request.method === 'tools/call' ? reply : standard(request)));
    await tools.listed;
    await expect(tools.call('self_get_device_status', {}, live())).rejects.toMatchObject({
      code: 'tool.failed',
      message,
    });
  });
});

describe('listing (62)', () => {
  it('continues while there is a cursor', async () => {
    const { tools, requests } = connect(
      paged((cursor) => (cursor === undefined ? 'b' : cursor === 'b' ? 'c' : undefined)),
    );
    await tools.listed;
    expect(tools.list().map((spec) => spec.name)).toEqual(['self_tool_first', 'self_tool_b', 'self_tool_c']);
    expect(requests('tools/list').map((payload) => payload['params'])).toEqual([{}, { cursor: 'b' }, { cursor: 'c' }]);
  });

  it('ends if the cursors repeat or never end', async () => {
    const circle = connect(paged((cursor) => (cursor === 'b' ? 'c' : 'b')));
    await circle.tools.listed;
    expect(circle.requests('tools/list')).toHaveLength(3);
    expect(circle.tools.list().length).toBeGreaterThan(0);
    const endless = connect(paged((cursor) => `${cursor ?? ''}x`));
    await endless.tools.listed;
    expect(endless.requests('tools/list')).toHaveLength(20);
  });

  it('keeps the pages that came before an error', async () => {
    const { tools } = connect((request) =>
      request.method === 'tools/list' && request.params?.['cursor'] !== undefined
        ? { error: { message: 'Failed to add tool x because of payload size limit' } }
        : paged(() => 'b')(request),
    );
    await tools.listed;
    expect(tools.list().map((spec) => spec.name)).toEqual(['self_tool_first']);
  });

  it('gives distinct aliases of limited length, and skips unreadable tools', async () => {
    const listed = [
      tool('self.a.b'),
      tool('self.a_b'),
      tool('self.a.b'),
      tool('灯.开'),
      { nonsense: true },
      null,
      7,
      tool('x'.repeat(200)),
      tool('self.big', { inputSchema: { properties: { p: 'y'.repeat(9000) } } }),
      { name: 'self.bare' },
    ];
    const { tools } = connect((request) =>
      request.method === 'tools/list'
        ? { result: { tools: [...listed, ...Array.from({ length: 200 }, (_, index) => tool(`self.t${index}`))] } }
        : standard(request),
    );
    await tools.listed;
    const names = tools.list().map((spec) => spec.name);
    expect(names.slice(0, 5)).toEqual(['self_a_b', 'self_a_b_2', '___', 'x'.repeat(64), 'self_bare']);
    expect(names).toHaveLength(64);
    expect(new Set(names).size).toBe(64);
    for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  });

  it('keeps no more tools than a prompt can hold, however large each tool is', async () => {
    const large = { inputSchema: { properties: { p: 'y'.repeat(7000) } } };
    const { tools } = connect((request) =>
      request.method === 'tools/list'
        ? { result: { tools: Array.from({ length: 64 }, (_, index) => tool(`self.t${index}`, large)) } }
        : standard(request),
    );
    await tools.listed;
    expect(tools.list().length).toBeGreaterThan(5);
    expect(JSON.stringify(tools.list()).length).toBeLessThan(70_000);
  });
});

describe('calls (63)', () => {
  it("use the tool's own name, and arguments of the types that the firmware expects", async () => {
    const { tools, requests } = connect(standard);
    await tools.listed;
    await tools.call('self_audio_speaker_set_volume', { volume: '50', extra: 1 }, live());
    expect(requests('tools/call')[0]!['params']).toEqual({
      name: 'self.audio_speaker.set_volume',
      arguments: { volume: 50 },
    });
  });

  it('are refused if the tool was not listed or is only for people', async () => {
    const { tools, requests } = connect(withUserTool);
    await tools.listed;
    expect(tools.list().map((spec) => spec.name)).toEqual(['self_get_device_status']);
    for (const name of [
      'self_reboot',
      'self.reboot',
      'self.get_device_status',
      'self_upgrade_firmware',
      '__proto__',
      'constructor',
    ]) {
      await expect(tools.call(name, {}, live())).rejects.toMatchObject({ code: 'tool.failed' });
    }
    expect(requests('tools/call')).toHaveLength(0);
  });
});

describe('any other message of the device (66)', () => {
  it('is ignored unless it is an answer', async () => {
    const { tools, errors } = connect(standard);
    await tools.listed;
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('id', 'result', 'error', 'method', 'jsonrpc', 'params'), fc.anything()),
        (payload) => tools.onMessage(payload),
      ),
      { numRuns: 1000 },
    );
    expect(errors).toEqual([]);
    expect((await tools.call('self_get_device_status', {}, live())).text).toContain('self.get_device_status');
  });

  it('ends the listing without an exception, even if it answers every request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), fc.anything(), async (result, list) => {
        const { tools, errors, clock, scope } = connect(({ method }) =>
          method === 'tools/list' ? { result: list } : { result: method === 'initialize' ? 1 : result },
        );
        await clock.advance(10_000);
        await tools.listed;
        for (const spec of tools.list().slice(0, 2)) await tools.call(spec.name, {}, live()).catch(() => 'refused');
        await scope.close();
        expect(errors).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the state of a device', () => {
  it('is requested when somebody begins to speak, never twice at once, and forgotten without an answer', async () => {
    let volume: number | undefined = 70;
    const { tools, clock, requests } = connect((request) => {
      if (request.method !== 'tools/call') return standard(request);
      return volume === undefined ? undefined : text(`volume ${volume}`);
    });
    await tools.listed;
    expect(tools.state?.()).toBeUndefined();
    for (let time = 0; time < 3; time++) tools.expect?.();
    await settle();
    expect([tools.state?.(), requests('tools/call').length]).toEqual(['volume 70', 1]);
    volume = undefined;
    tools.expect?.();
    await clock.advance(3000);
    expect(tools.state?.()).toBeUndefined();
  });

  it('is not requested from a device that has no tool for it', async () => {
    const { tools, requests } = connect((request) =>
      request.method === 'tools/list' ? { result: { tools: [tool('self.lamp.turn_on')] } } : standard(request),
    );
    await tools.listed;
    tools.expect?.();
    await settle();
    expect(requests('tools/call')).toEqual([]);
  });
});
