import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noMetrics, silentLogger, systemClock } from '../../src/core/index.js';
import { createConversation } from '../../src/conversation/dialogue/index.js';
import { createLlm } from '../../src/providers/index.js';
import { openSessionTools, ServerTools, TOOLS } from '../../src/conversation/tools/index.js';
import { done, FakeLlmServer, finish, reply, text, toolCall, type LlmScript } from '../fakes/llm-server.js';
import { assertNothingLeft, createWorld, leave, type World } from './turn-world.js';

let server: FakeLlmServer;
let world: World;

beforeEach(async () => {
  server = await FakeLlmServer.start();
});
afterEach(async () => {
  await leave(world);
  await server.close();
});

/** A device without MCP asks a scripted model something; the tools are those of the server. */
function ask(words: string, ...scripts: LlmScript[]): void {
  server.script(...scripts);
  const common = { clock: systemClock, log: silentLogger };
  const llm = createLlm({
    ...common,
    preset: undefined,
    baseUrl: server.baseUrl,
    model: 'm',
    apiKey: undefined,
    temperature: undefined,
    firstTokenMs: 8000,
    replyMs: 60_000,
    maxWorkers: 8,
    random: () => 0,
  });
  const tools = new ServerTools({ id: 'server', tools: TOOLS, clock: systemClock });
  world = createWorld({
    conversation: () =>
      createConversation({
        ...common,
        metrics: noMetrics,
        device: undefined,
        settings: () => ({ llm, persona: undefined, maxTokens: 300, historyTurns: 10 }),
      }),
    tools: (device) => openSessionTools(device, { server: [tools], ...common }),
  });
  world.device.start();
  world.ear().hears(words);
}

/** Small steps of the world's time while the model answers in real time. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await world.clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const calls = (...chunks: string[]): LlmScript => ({
  kind: 'sse',
  chunks: [...chunks, finish('tool_calls'), done],
});

describe('a device without MCP', () => {
  it('is answered with the tools of the server, called by deltas that are split and parallel', async () => {
    ask(
      'what is twelve times seven, and the time',
      calls(
        toolCall({ index: 0, id: 'a', type: 'function', function: { name: 'calculate', arguments: '' } }),
        toolCall({ index: 0, function: { arguments: '{"expres' } }),
        toolCall({ index: 0, function: { arguments: 'sion":"12*7"}' } }),
        toolCall({ index: 1, id: 'b', type: 'function', function: { name: 'get_time', arguments: '{}' } }),
      ),
      reply('It is eighty-four.'),
    );
    await until(() => world.connection.words.includes('tts:stop'));
    expect(world.connection.words).toContain('say:It is eighty-four.');
    expect(world.connection.closedFor).toBeUndefined();
    const offered = server.requests[0]!.body['tools'] as { function: { name: string } }[];
    expect(offered.map((tool) => tool.function.name)).toEqual(TOOLS.map(({ name }) => name));
    const results = (server.requests[1]!.body['messages'] as { role: string; content: string }[]).filter(
      ({ role }) => role === 'tool',
    );
    expect(results.map(({ content }) => JSON.parse(content) as unknown)).toEqual([
      { ok: true, result: '12*7 = 84' },
      { ok: true, result: expect.stringContaining('(Europe/London)') },
    ]);
  });

  it('tells the model of wrong arguments and of a tool that is not there, and goes on', async () => {
    ask(
      'x',
      calls(
        toolCall({ index: 0, id: 'a', type: 'function', function: { name: 'calculate', arguments: '{}' } }),
        toolCall({ index: 1, id: 'b', type: 'function', function: { name: 'self_reboot', arguments: '{}' } }),
      ),
      reply('That did not work.'),
    );
    await until(() => world.connection.words.includes('tts:stop'));
    expect(world.connection.words).toContain('say:That did not work.');
    const results = JSON.stringify(server.requests[1]!.body['messages']);
    expect(results).toContain('wrong arguments: expression');
    expect(results).toContain('there is no tool of that name');
  });

  it('hears the farewell to its end before it is let go', async () => {
    ask(
      'goodbye then',
      calls(
        toolCall({
          index: 0,
          id: 'a',
          type: 'function',
          function: { name: 'end_conversation', arguments: '{"farewell":"Sleep well."}' },
        }),
      ),
    );
    await until(() => world.connection.closedFor !== undefined);
    expect(world.connection.words.slice(-3)).toEqual(['tts:start', 'say:Sleep well.', 'tts:stop']);
    expect(world.connection.closedFor).toBe('answer');
    expect(server.requests).toHaveLength(1);
    await world.clock.advance(0);
    assertNothingLeft(world);
  });

  it('may go on when it interrupts the farewell', async () => {
    ask(
      'goodbye then',
      {
        kind: 'sse',
        chunks: [
          text('Sleep well, my dear, and dream of a green field. '),
          toolCall({ index: 0, id: 'a', type: 'function', function: { name: 'end_conversation', arguments: '{}' } }),
          finish('tool_calls'),
          done,
        ],
      },
      reply('Yes?'),
    );
    await until(() => world.connection.words.some((word) => word.startsWith('say:')));
    world.device.start();
    await world.clock.advance(10_000);
    expect(world.connection.closedFor).toBeUndefined();
    world.ear().hears('wait a moment');
    await until(() => world.connection.words.includes('say:Yes?'));
    expect(server.requests).toHaveLength(2);
  });
});
