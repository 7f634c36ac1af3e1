import { describe, it } from 'vitest';
import { z } from 'zod';
import { defineTool, ServerTools, type Tool } from '../../src/conversation/tools/index.js';
import type { McpPayload } from '../../src/conversation/tools/device-mcp/rpc.js';
import { type DeviceTools, createDeviceTools } from '../../src/conversation/tools/device-mcp/device-tools.js';
import { Scope, silentLogger } from '../../src/core/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { toolSourceContract, type ToolSourceSubject } from '../../src/plugin/testing/tool-source.js';

const FAILURE = `out of paper ${'!'.repeat(10_000)}`;
const words = { en: 'A tool', zh: '工具' };
const TOOLS: readonly Tool[] = [
  defineTool({
    name: 'set_volume',
    words,
    input: z.object({ volume: z.number().int().min(0).max(100).meta({ en: 'How loud', zh: '音量' }) }),
    effects: 'device',
    run: ({ volume }) => `now ${volume + 0}`,
  }),
  defineTool({ name: 'flood', words, input: z.object({}), effects: 'none', run: () => 'x'.repeat(1e6) }),
  defineTool({
    name: 'fail',
    words,
    input: z.object({}),
    effects: 'none',
    run: () => Promise.reject(new Error(FAILURE)),
  }),
  defineTool({
    name: 'hang',
    words,
    input: z.object({}),
    effects: 'none',
    slow: true,
    run: () => new Promise<string>(() => undefined),
  }),
];

const names = (hang: string): Pick<ToolSourceSubject, 'flooding' | 'failing' | 'hanging'> => ({
  flooding: 'flood',
  failing: 'fail',
  hanging: hang,
});

describe.each(['server', 'plugin:chorus-voice-acme'])('tools that run in the process: %s', (id) => {
  toolSourceContract(it, () => {
    const clock = new FakeClock();
    const user = { deviceId: 'aa:bb:cc:dd:ee:ff', language: 'en-US', timeZone: 'UTC', log: silentLogger };
    return {
      source: new ServerTools({ id, tools: TOOLS, clock }).for(user),
      working: { name: 'set_volume', answers: 'now 30' },
      ...names('hang'),
      pass: () => clock.advance(90_000),
    };
  });
});

describe('tools of a device', () => {
  const content = (text: string): McpPayload => ({ result: { content: [{ type: 'text', text }] } });
  const answers: Readonly<Record<string, (args: unknown) => McpPayload | undefined>> = {
    set_volume: (args) => content(JSON.stringify(args)),
    flood: () => content('x'.repeat(1e6)),
    fail: () => ({ error: { code: -32_000, message: FAILURE } }),
    hang: () => undefined,
  };
  const inputSchema = { type: 'object', properties: { volume: { type: 'integer' } } };

  function answerTo(method: string, params: { name?: string; arguments?: unknown }): McpPayload | undefined {
    if (method === 'initialize') return { result: {} };
    if (method === 'tools/list')
      return { result: { tools: Object.keys(answers).map((name) => ({ name, inputSchema })) } };
    return answers[params.name ?? '']?.(params.arguments);
  }

  toolSourceContract(it, async () => {
    const clock = new FakeClock();
    const device: { tools?: DeviceTools } = {};
    device.tools = createDeviceTools({
      clock,
      log: silentLogger,
      scope: new Scope('device', () => undefined),
      send: ({ id, method, params }) => {
        const answer = answerTo(String(method), params ?? {});
        if (answer) queueMicrotask(() => device.tools?.onMessage({ jsonrpc: '2.0', id, ...answer }));
      },
    });
    await device.tools.listed;
    return {
      source: device.tools,
      working: { name: 'set_volume', answers: '{"volume":30}' },
      ...names('hang'),
      pass: () => clock.advance(90_000),
    };
  });
});
