import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createConversation } from '../../src/conversation/dialogue/index.js';
import { groupTools, openSessionTools, ServerTools, TOOL_GROUPS } from '../../src/conversation/tools/index.js';
import { noMetrics, silentLogger } from '../../src/core/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { call, model, text } from '../fakes/scripted-conversation.js';
import { createWorld, endWorld, type World } from './turn-world.js';

/** How long the second feed takes to answer, in ms. */
const SLOW_MS = 4000;
const item = (title: string): string => `<item><title>${title}</title></item>`;
const feed = (...titles: readonly string[]): string =>
  `<rss version="2.0"><channel>${titles.map(item).join('')}</channel></rss>`;

let world: World;
let requests: ReturnType<typeof model>['requests'];
/** Whether the request for the second feed was aborted before its answer. */
let ended: boolean;

// The news tool loads this parser at the first feed. On a busy machine that would take so much of the world's time that
// the tool would be given up as silent, so the parser is loaded before.
beforeAll(() => import('htmlparser2'));
beforeEach(() => {
  const clock = new FakeClock();
  ended = false;
  const fetching = (address: URL, init: RequestInit): Promise<Response> => {
    if (address.pathname === '/near') return Promise.resolve(new Response(feed('It rains', 'The sun is back')));
    return new Promise((resolve, reject) => {
      const timer = clock.after(SLOW_MS, () => resolve(new Response(feed('A bridge has opened'))));
      init.signal?.addEventListener('abort', () => {
        ended = true;
        timer.cancel();
        reject(new Error('aborted'));
      });
    });
  };
  const sections = { news: { feeds: { Home: 'http://news.test/near', World: 'http://news.test/far' } } };
  const services = { clock, log: silentLogger, fetch: fetching as typeof fetch };
  const tools = groupTools(
    TOOL_GROUPS.filter(({ settings }) => settings.id === 'news'),
    sections,
    services as never,
  );
  const scripted = model([call('get_news', { feed: 'all' })], [text('Nothing else.')]);
  ({ requests } = scripted);
  const common = { clock, log: silentLogger };
  const conversation = createConversation({
    ...common,
    metrics: noMetrics,
    device: undefined,
    settings: () => ({ llm: scripted.llm, persona: undefined, maxTokens: 300, historyTurns: 10 }),
  });
  const server = [new ServerTools({ id: 'server', tools, clock })];
  world = createWorld({
    clock,
    conversation: () => conversation,
    tools: (device) => openSessionTools(device, { server, ...common }),
  });
  world.device.start();
});
afterEach(() => endWorld(world));

/** Advances the world's time in small steps, and lets the event loop run between them. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await world.clock.advance(10);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const said = (): readonly string[] => world.connection.words.filter((word) => word.startsWith('say:'));

it('headlines are spoken before all feeds have answered, in one request to the model', async () => {
  world.stream().hears('what is in the news');
  await until(() => said().length > 0);
  const heardAtMs = world.clock.nowMs();
  await until(() => world.connection.words.includes('tts:stop'));
  expect(said().join(' ')).toMatch(/^say:Home: It rains\..*The sun is back\..*World: A bridge has opened\.$/);
  expect(heardAtMs).toBeLessThan(SLOW_MS);
  expect(requests).toHaveLength(1);
});

it('an interruption aborts the request for the rest, and the history has the heard part', async () => {
  world.stream().hears('what is in the news');
  await until(() => said().length > 1);
  world.device.abort();
  await until(() => ended);
  await world.clock.advance(1000);
  world.stream().hears('what else');
  await until(() => requests.length > 1);
  const before = requests[1]!.messages.filter(({ role }) => role === 'assistant').map(({ content }) => content);
  expect(before.join(' ')).toContain('It rains');
  expect(before.join(' ')).not.toContain('bridge');
});
