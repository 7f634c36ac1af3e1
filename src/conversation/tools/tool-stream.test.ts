import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import { silentLogger, type ChorusError } from '../../core/index.js';
import { ServerTools } from './server-tools.js';
import { defineTool, type ToolAnswer } from './tool.js';
import { MAX_STREAM_CHARS, wholeText } from './tool-stream.js';

let clock: FakeClock;
let controller: AbortController;
let given: AbortSignal | undefined;
beforeEach(() => {
  clock = new FakeClock();
  controller = new AbortController();
  given = undefined;
});

function sourceOf(run: (signal: AbortSignal) => AsyncIterable<string>, slow = false) {
  const tool = defineTool({
    name: 'tell',
    words: { en: 'A tool', zh: '工具' },
    input: z.object({}),
    effects: 'none',
    slow,
    run: (_, { signal }) => run((given = signal)),
  });
  return new ServerTools({ id: 'server', tools: [tool], clock }).for({
    deviceId: 'aa:bb',
    language: 'en-US',
    timeZone: 'UTC',
    log: silentLogger,
  });
}
const call = (run: Parameters<typeof sourceOf>[0]): Promise<ToolAnswer> =>
  sourceOf(run).call('tell', {}, controller.signal);
const never = (): Promise<never> => new Promise(() => undefined);

describe('a tool that streams its answer', () => {
  it('answers with its first piece, and makes each further piece when it is read', async () => {
    const made: string[] = [];
    const { text, stream } = await call(async function* () {
      for (const piece of ['One. ', '', 'Two.']) {
        made.push(piece);
        yield piece;
      }
      await Promise.resolve();
    });
    expect([text, made]).toEqual(['', ['One. ']]);
    expect(await wholeText({ text, ...(stream && { stream }) })).toBe('One. Two.');
    expect(given?.aborted).toBe(true);
  });

  it('gives an empty answer if it ends without a piece', async () => {
    expect(await call(async function* () {})).toEqual({ text: '' });
  });

  it('fails like any other tool if it throws at once, and keeps its message if it throws later', async () => {
    const failing = call(async function* () {
      yield* [];
      await Promise.resolve();
      throw new Error('out of paper');
    });
    await expect(failing).rejects.toMatchObject({ code: 'tool.failed', message: 'out of paper' });
    const { stream } = await call(async function* () {
      yield 'One. ';
      throw new Error('out of paper');
    });
    await expect(wholeText({ text: '', stream: stream! })).rejects.toMatchObject({ code: 'tool.failed' });
    const odd = call(async function* () {
      yield 7 as never;
    });
    await expect(odd).rejects.toMatchObject({ code: 'tool.failed', message: expect.stringContaining('unreadable') });
  });

  it('is limited in length, even if it sends empty pieces without end', async () => {
    const long = await call(async function* () {
      for (;;) yield 'x'.repeat(999);
    });
    expect(await wholeText(long)).toHaveLength(MAX_STREAM_CHARS);
    const empty = await call(async function* () {
      for (;;) yield '';
    });
    expect(await wholeText(empty)).toBe('');
  });

  it('may take long for each piece, but not for all pieces together', async () => {
    const stream = call(async function* () {
      for (let piece = 1; ; piece++) {
        await new Promise<void>((resolve) => clock.after(9000, resolve));
        yield `${piece}. `;
      }
    });
    const heard: string[] = [];
    const read = (async () => {
      for await (const piece of (await stream).stream ?? []) heard.push(piece);
    })().catch(({ code, message }: ChorusError) => `${code}: ${message}`);
    for (let second = 0; second < 70; second++) await clock.advance(1000);
    expect([await read, heard]).toEqual([
      expect.stringMatching(/^tool\.timeout: .*60 s/),
      ['1. ', '2. ', '3. ', '4. ', '5. ', '6. '],
    ]);
    const hanging = call(async function* () {
      yield* [];
      await never();
    }).catch(({ code }: { code: string }) => code);
    await clock.advance(10_000);
    expect(await hanging).toBe('tool.timeout');
    expect(given?.aborted).toBe(true);
  });

  it('ends at once with the reason of the abort, even if the tool ignores the abort', async () => {
    const { stream } = await call(async function* () {
      yield 'One. ';
      await never();
    });
    const reason = new Error('barge-in');
    const reading = wholeText({ text: '', stream: stream! });
    await settle();
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
    expect(given?.aborted).toBe(true);
  });

  it('stops when nobody reads it any more, even before the first piece', async () => {
    let ended = false;
    const { stream } = await call(async function* () {
      try {
        for (;;) yield 'One. ';
      } finally {
        ended = true;
      }
    });
    await stream![Symbol.asyncIterator]().return?.();
    await settle();
    expect([ended, given?.aborted]).toEqual([true, true]);
  });

  it('is counted as running until it has ended', async () => {
    const source = sourceOf(async function* () {
      for (;;) yield 'One. ';
    });
    const tell = (): Promise<ToolAnswer> => source.call('tell', {}, new AbortController().signal);
    const open = await Promise.all(Array.from({ length: 32 }, tell));
    await expect(tell()).rejects.toMatchObject({ code: 'tool.failed' });
    await open[0]?.stream?.[Symbol.asyncIterator]().return?.();
    await settle();
    expect((await tell()).stream).toBeDefined();
  });
});
