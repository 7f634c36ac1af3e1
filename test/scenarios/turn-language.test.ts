import { describe, expect, it } from 'vitest';
import { createConversation } from '../../src/conversation/dialogue/index.js';
import { defineTool, openSessionTools, ServerTools } from '../../src/conversation/tools/index.js';
import { noMetrics, silentLogger, uiLanguage } from '../../src/core/index.js';
import { providers, type LlmProvider, type LlmRequest } from '../../src/providers/index.js';
import type { Agent } from '../../src/records/index.js';
import { z } from 'zod';
import { FakeClock } from '../fakes/fake-clock.js';
import { createWorld, endWorld, type World } from './turn-world.js';

/** A tool that provides the whole answer itself, in the language in which it is called. */
const clockTool = defineTool({
  name: 'tell',
  words: { en: 'Tells.', zh: '说。' },
  input: z.object({}),
  effects: 'none',
  run: (_input, { language }) => ({
    text: 'told',
    say: uiLanguage(language) === 'zh' ? '好的，说了。' : 'It is told.',
  }),
});

interface Asked {
  readonly language: string;
  readonly agent?: Agent;
  /** Languages of the voices. */
  readonly voices?: readonly string[];
  readonly llm?: (clock: FakeClock, requests: LlmRequest[]) => LlmProvider;
}

/** What the device says to these words, on a device with this language. */
async function saidTo(text: string, { language, agent, voices = ['en', 'zh'], llm = calling }: Asked) {
  const clock = new FakeClock();
  const requests: LlmRequest[] = [];
  const model = llm(clock, requests);
  const server = [new ServerTools({ id: 'server', tools: [clockTool], clock })];
  const world: World = createWorld({
    clock,
    language,
    ...(agent && { agentOf: () => Promise.resolve(agent) }),
    conversation: () =>
      createConversation({
        clock,
        log: silentLogger,
        metrics: noMetrics,
        device: undefined,
        settings: () => ({ llm: model, persona: undefined, maxTokens: 300, historyTurns: 10 }),
      }),
    tools: (device) => openSessionTools(device, { server, clock, log: silentLogger }),
  });
  world.speaking.languages = voices;
  await clock.advance(0);
  world.device.start();
  world.stream().hears(text);
  await clock.advance(10_000);
  const said = world.connection.words.filter((word) => word.startsWith('say:')).map((word) => word.slice(4));
  await endWorld(world);
  return { said: said.join(' '), prompt: requests[0]?.messages[0]?.content ?? '' };
}

/** A model that only calls the tool above. */
function calling(_clock: FakeClock, requests: LlmRequest[]): LlmProvider {
  return {
    id: 'calling',
    local: true,
    async *stream(request) {
      requests.push(request);
      await Promise.resolve();
      yield { type: 'tool_call', call: { id: '1', name: 'tell', arguments: {} } };
    },
  };
}

function offline(clock: FakeClock): LlmProvider {
  const descriptor = providers.languageModel('offline', undefined);
  if (!descriptor) throw new Error('there is no offline assistant');
  const settings = { baseUrl: '', model: '', apiKey: undefined, temperature: 0, firstTokenMs: 1, replyMs: 1, own: {} };
  return descriptor.create(settings, { clock, log: silentLogger });
}

describe('the language of an answer', () => {
  it.each([
    ['en-US', '告诉我现在的情况', '好的，说了。'],
    ['de-DE', '告诉我现在的情况', '好的，说了。'],
    ['zh-CN', 'tell me how it is', 'It is told.'],
    ['en-US', 'tell me how it is', 'It is told.'],
    ['zh-CN', '告诉我现在的情况', '好的，说了。'],
    ['zh-CN', 'hello', '好的，说了。'],
    ['en-US', 'tell me about 北京', 'It is told.'],
  ])('is the language of the question: a tool on a device of %s, asked "%s"', async (language, text, said) => {
    expect((await saidTo(text, { language })).said).toBe(said);
  });

  it('is the language of the question, also with the offline assistant', async () => {
    expect((await saidTo('现在几点了', { language: 'en-US', llm: offline })).said).toMatch(/^现在是/);
    expect((await saidTo('what time is it', { language: 'zh-CN', llm: offline })).said).toMatch(/^It's /);
  });

  it("is the device's language if no voice speaks the other one, and the model is told so", async () => {
    const asked = await saidTo('告诉我现在的情况', { language: 'en-US', voices: ['en'] });
    expect(asked.said).toBe('It is told.');
    expect(asked.prompt).toContain('Answer in American English, whatever language the user speaks');
    const spoken = await saidTo('tell me how it is', { language: 'zh-CN', voices: ['zh'] });
    expect(spoken.prompt).toContain('不管用户说什么语言');
    expect((await saidTo('现在几点了', { language: 'en-US', voices: ['en'], llm: offline })).said).toMatch(/^It's /);
    expect((await saidTo('tell me how it is', { language: 'en-US' })).prompt).toContain(
      'in the language the user speaks',
    );
  });

  it("is the agent's language if the agent has one", async () => {
    const agent: Agent = { id: 'coach', name: 'Coach', language: 'en-GB' };
    expect((await saidTo('告诉我现在的情况', { language: 'zh-CN', agent })).said).toBe('It is told.');
  });
});
