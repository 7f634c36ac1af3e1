import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { silentLogger } from '../../core/index.js';
import { ServerTools, type ToolUser } from './server-tools.js';
import { defineTool, type Tool } from './tool.js';
import { TOOLS } from './tool-registry.js';

const live = (): AbortSignal => new AbortController().signal;
const words = { en: 'A tool', zh: '工具' };
const USER: ToolUser = { deviceId: 'aa:bb', language: 'en-US', timeZone: 'Asia/Shanghai', log: silentLogger };

function open(tools: readonly Tool[], user: Partial<ToolUser> = {}) {
  const clock = new FakeClock(Date.UTC(2026, 10, 25, 7, 5));
  const server = new ServerTools({ id: 'server', tools, clock });
  return { clock, server, source: server.for({ ...USER, ...user }) };
}

const plain = (run: Tool['run']): Tool => defineTool({ name: 'a', words, input: z.object({}), effects: 'none', run });

describe('a tool of the server', () => {
  it('is described in the language of the conversation', () => {
    const tool = defineTool({
      name: 'a',
      words,
      input: z.object({ city: z.string().meta({ en: 'Which city', zh: '城市' }), days: z.number().default(1) }),
      effects: 'none',
      run: () => '',
    });
    const [offered] = open([tool], { language: 'zh-CN' }).source.list();
    expect(offered).toEqual({
      name: 'a',
      description: '工具',
      effects: 'none',
      confirm: false,
      inputSchema: {
        type: 'object',
        properties: { city: { type: 'string', description: '城市' }, days: { type: 'number', default: 1 } },
        required: ['city'],
      },
    });
    expect(open([tool]).source.list()[0]).toMatchObject({
      description: 'A tool',
      inputSchema: { properties: { city: { description: 'Which city' } } },
    });
  });

  it('does not run with invalid input, and tells the model what is wrong', async () => {
    let ran = 0;
    const tool = defineTool({
      name: 'a',
      words,
      input: z.object({ volume: z.number().max(100) }),
      effects: 'none',
      run: () => `${++ran}`,
    });
    const { source } = open([tool]);
    for (const input of [{}, { volume: 101 }, { volume: 'loud' }, { volume: { $gt: 0 } }])
      await expect(source.call('a', input, live())).rejects.toMatchObject({
        code: 'tool.failed',
        message: expect.stringMatching(/^wrong arguments: volume: /),
      });
    expect(ran).toBe(0);
  });

  it.each([undefined, null, 7, {}, { text: 7 }, []])('fails if it returns %j', async (answer) => {
    await expect(open([plain(() => answer as string)]).source.call('a', {}, live())).rejects.toMatchObject({
      code: 'tool.failed',
      message: 'the tool answered with something unreadable',
    });
  });

  it('fails if it throws at once, or throws a value that is no error', async () => {
    for (const [thrown, message] of [
      [new Error('no'), 'no'],
      ['broken', 'broken'],
      [undefined, 'undefined'],
    ] as const)
      await expect(
        open([
          plain(() => {
            throw thrown;
          }),
        ]).source.call('a', {}, live()),
      ).rejects.toMatchObject({ code: 'tool.failed', message });
  });

  it('may take 10 s, or 60 s if it is declared slow; then its signal is aborted', async () => {
    for (const [slow, limitMs] of [
      [false, 10_000],
      [true, 60_000],
    ] as const) {
      const signals: AbortSignal[] = [];
      const run: Tool['run'] = (_, { signal }) => {
        signals.push(signal);
        return new Promise<string>(() => undefined);
      };
      const { clock, source } = open([{ ...plain(run), slow }]);
      const called = source.call('a', {}, live()).catch((error: unknown) => error);
      await clock.advance(limitMs - 1);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
      await clock.advance(1);
      expect(await called).toMatchObject({ code: 'tool.timeout' });
      expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    }
  });

  it('is refused while too many of its calls hang; other tools are not affected', async () => {
    const ends: ((text: string) => void)[] = [];
    const hang = plain(() => new Promise<string>((resolve) => ends.push(resolve)));
    const { clock, source } = open([hang, { ...plain(() => 'fine'), name: 'b' }]);
    const calls = Array.from({ length: 40 }, () => source.call('a', {}, live()).catch((error: unknown) => error));
    await clock.advance(60_000);
    const messages = (await Promise.all(calls)).map((error) => (error as Error).message);
    expect(messages.filter((message) => message === 'the tool is busy with others')).toHaveLength(8);
    await expect(source.call('a', {}, live())).rejects.toMatchObject({ message: 'the tool is busy with others' });
    expect(await source.call('b', {}, live())).toEqual({ text: 'fine' });
    for (const end of ends) end('late');
    await settle();
    const again = source.call('a', {}, live());
    await settle();
    ends.at(-1)?.('now');
    expect(await again).toEqual({ text: 'now' });
  });

  it('cannot be defined with a name that models or people cannot use', () => {
    for (const name of ['', 'A', 'get time', 'self.reboot', 'x'.repeat(65)])
      expect(() => defineTool({ ...plain(() => ''), name })).toThrow(/cannot be called/);
    expect(() => defineTool({ ...plain(() => ''), words: { en: 'x', zh: '' } })).toThrow(/no words in "zh"/);
  });
});

describe('built-in tools', () => {
  const ask = async (name: string, input: Record<string, unknown>, language = 'en-US'): Promise<string> =>
    (await open(TOOLS, { language }).source.call(name, input, live())).text;

  it('all have short descriptions and unique names', () => {
    expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length);
    for (const { words: said } of TOOLS) for (const text of [said.en, said.zh]) expect(text.length).toBeLessThan(160);
  });

  it('get_time tells the time at the device or elsewhere', async () => {
    expect(await ask('get_time', {})).toMatch(/^Wednesday, November 25, 2026 at 3:05.PM \(Asia\/Shanghai\)$/);
    expect(await ask('get_time', {}, 'zh-CN')).toMatch(/2026年11月25日.*15:05/);
    expect(await ask('get_time', { time_zone: 'America/New_York' })).toMatch(/2:05.AM \(America\/New_York\)/);
    await expect(ask('get_time', { time_zone: 'Mars/Olympus' })).rejects.toThrow('no such time zone');
  });

  it('get_time works if the time zone of the device is unknown', async () => {
    const { source } = open(TOOLS, { timeZone: 'nowhere' });
    expect((await source.call('get_time', {}, live())).text).toBe('2026-11-25T07:05:00.000Z (UTC)');
  });

  it('calculate', async () => {
    for (const [expression, value] of [
      ['12 * 7', '84'],
      ['(12.5 + 3) * 4', '62'],
      ['2 ** 10', '1024'],
      ['sqrt(144)', '12'],
      ['0.1 + 0.2', '0.3'],
      ['15% * 80', '12'],
      ['十二乘以七', '84'],
    ] as const)
      expect(await ask('calculate', { expression })).toBe(`${expression} = ${value}`);
    await expect(ask('calculate', { expression: '1 / 0' })).rejects.toThrow('divided by zero');
    for (const expression of ['', 'process.exit()', 'what is love', '1 +'])
      await expect(ask('calculate', { expression })).rejects.toThrow('not a sum');
    await expect(ask('calculate', { expression: '1+'.repeat(100) })).rejects.toThrow('wrong arguments');
  });

  it('end_conversation says a farewell and ends the conversation', async () => {
    const { source } = open(TOOLS, { language: 'zh-CN' });
    expect(await source.call('end_conversation', {}, live())).toMatchObject({ say: '再见。', end: true });
    expect(await source.call('end_conversation', { farewell: ' 晚安！ ' }, live())).toMatchObject({ say: '晚安！' });
  });
});
