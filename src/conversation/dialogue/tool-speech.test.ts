import { expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import {
  answering,
  call,
  conversation,
  input,
  live,
  model,
  parts,
  spoken,
  text,
} from '../../../test/fakes/scripted-conversation.js';
import type { Toolbox } from '../tools/tool-source.js';
import type { ToolAnswer } from '../tools/tool.js';
import type { ReplyPart } from './conversation-port.js';

function pieces() {
  const waiting: ((piece: IteratorResult<string>) => void)[] = [];
  let left = 0;
  let fail: (error: Error) => void = () => undefined;
  const stream: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: () =>
        new Promise((resolve, reject) => {
          waiting.push(resolve);
          fail = reject;
        }),
      return() {
        left += 1;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const give = async (piece: string | undefined): Promise<void> => {
    await settle();
    waiting.shift()?.(piece === undefined ? { done: true, value: undefined } : { done: false, value: piece });
    await settle();
  };
  return { stream, give, fail: (error: Error) => fail(error), left: () => left };
}

function reading(reply: AsyncIterable<ReplyPart>) {
  const all: ReplyPart[] = [];
  const over = (async () => {
    for await (const part of reply) all.push(part);
  })();
  over.catch(() => undefined);
  return { all, over };
}

const streaming = (stream: AsyncIterable<string>): Toolbox => answering({ text: '', stream });

it('a sentence is spoken while the tool still makes the next one, and the model is not asked again', async () => {
  const { llm, requests } = model([call('farewell')]);
  const { stream, give, left } = pieces();
  const { all, over } = reading(conversation(llm).respond(input('read', streaming(stream)), live()));
  await give('The **first** sen');
  expect(spoken(all)).toBe('');
  await give('tence is here. The sec');
  expect(spoken(all)).toBe('The first sentence is here.');
  await give('ond is ☀️ {"name":"farewell","arguments":{}}');
  await give(undefined);
  await over;
  expect(spoken(all)).toContain('The second is');
  expect(requests).toHaveLength(1);
  expect(left()).toBe(1);
});

it('a complete sentence does not wait long for the next piece, and a long silence is filled', async () => {
  const clock = new FakeClock();
  const { llm } = model([call('farewell')]);
  const { stream, give } = pieces();
  const { all, over } = reading(conversation(llm, { clock }).respond(input('read', streaming(stream)), live()));
  await give('This is the first sentence. ');
  expect(spoken(all)).toBe('');
  await clock.advance(200);
  expect(spoken(all)).toBe('This is the first sentence.');
  await clock.advance(2400);
  expect(all.filter(({ type }) => type === 'waiting')).toHaveLength(2);
  await give(undefined);
  await over;
});

it('if the text breaks off, its complete sentences are spoken, and the model gets the reason', async () => {
  const { llm, requests } = model([call('farewell')], [text('Sorry, the rest is gone.')]);
  const { stream, give, fail } = pieces();
  const { all, over } = reading(conversation(llm).respond(input('read', streaming(stream)), live()));
  await give('This is the first sentence. And the sec');
  fail(new Error('out of paper'));
  await over;
  expect(spoken(all)).toBe('This is the first sentence. Sorry, the rest is gone.');
  expect(requests[1]!.messages.at(-1)!.content).toBe(
    JSON.stringify({ ok: false, error: 'out of paper; until then it said: This is the first sentence. And the sec' }),
  );
});

it('if another tool in the same round gave a result for the model, the model gets the whole text', async () => {
  const { llm, requests } = model([call('farewell'), call('farewell')], [text('And so it is.')]);
  const { stream, give } = pieces();
  const answers: ToolAnswer[] = [{ text: '', stream }, { text: '7' }];
  const tools: Toolbox = { ...answering({ text: '' }), call: () => Promise.resolve(answers.shift()!) };
  const { all, over } = reading(conversation(llm).respond(input('x', tools), live()));
  await give('The news is good. ');
  await give(undefined);
  await over;
  expect(spoken(all)).toBe('The news is good. And so it is.');
  expect(requests[1]!.messages.slice(-2).map(({ content }) => content)).toEqual([
    '{"ok":true,"result":"The news is good. "}',
    '{"ok":true,"result":"7"}',
  ]);
});

it('an interruption ends all streams, even those that are not being spoken yet', async () => {
  const { llm } = model([call('farewell'), call('farewell')]);
  const [first, second] = [pieces(), pieces()];
  const answers: ToolAnswer[] = [
    { text: '', stream: first.stream },
    { text: '', stream: second.stream },
  ];
  const tools: Toolbox = { ...answering({ text: '' }), call: () => Promise.resolve(answers.shift()!) };
  const controller = new AbortController();
  const clock = new FakeClock();
  const { all, over } = reading(conversation(llm, { clock }).respond(input('x', tools), controller.signal));
  await first.give('This is the first sentence. ');
  await clock.advance(200);
  const reason = new Error('barge-in');
  controller.abort(reason);
  await first.give('This is never spoken. ');
  await expect(over).rejects.toBe(reason);
  expect(spoken(all)).toBe('This is the first sentence.');
  expect([first.left() > 0, second.left() > 0]).toEqual([true, true]);
});

it('a voice that takes sentences in pieces gets each piece as soon as the tool has written it', async () => {
  const { llm } = model([call('farewell')]);
  async function* stream(): AsyncGenerator<string> {
    yield 'The first sentence is a long one, ';
    yield 'with a comma in the middle of it. ';
  }
  const all = await parts(conversation(llm).respond({ ...input('read', streaming(stream())), pieces: true }, live()));
  const speech = all.flatMap((part) => (part.type === 'speech' ? [part] : []));
  expect(speech.map(({ text: said }) => said).join('')).toBe(
    'The first sentence is a long one, with a comma in the middle of it.',
  );
  expect(speech.at(-1)?.part).toBe('end');
});
