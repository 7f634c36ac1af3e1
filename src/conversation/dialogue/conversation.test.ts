import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import {
  box,
  conversation,
  input,
  live,
  model,
  parts,
  spoken,
  text,
} from '../../../test/fakes/scripted-conversation.js';
import { ChorusError } from '../../core/index.js';
import { noTools } from '../tools/index.js';
import type { ReplyPart } from './conversation-port.js';
import { createOfflineAssistant } from '../../providers/llm/offline/index.js';

describe('a reply', () => {
  it('consists of a first token, an emotion and speakable chunks', async () => {
    const { llm } = model([
      text('😊 Hello **there**! '),
      text('I am fine, and how are you today?'),
      { type: 'usage', inputTokens: 5, outputTokens: 9 },
    ]);
    const all = await parts(conversation(llm).respond(input('hi'), live()));
    expect(all[0]).toEqual({ type: 'first_token' });
    expect(all[1]).toEqual({ type: 'emotion', emotion: 'happy' });
    expect(spoken(all)).toBe('Hello there! I am fine, and how are you today?');
  });

  it('contains no reasoning of the model', async () => {
    const { llm } = model([text('<think>They greet'), text(' me.</think>'), text('Hello.')]);
    expect(spoken(await parts(conversation(llm).respond(input('hi'), live())))).toBe('Hello.');
  });

  it('is requested with a prompt that contains rules for speech, the place and the time', async () => {
    const { llm, requests } = model([text('Hi.')]);
    await parts(
      conversation(llm, { device: 'bread-compact-wifi', clock: new FakeClock(Date.UTC(2026, 10, 25, 7, 5)) }).respond(
        input('hi'),
        live(),
      ),
    );
    const prompt = requests[0]!.messages[0]!;
    expect(prompt.role).toBe('system');
    expect(prompt.content).toMatch(/Markdown/);
    expect(prompt.content).toContain('bread-compact-wifi');
    expect(prompt.content).toMatch(/Wednesday, November 25, 2026.*3:05.PM \(Asia\/Shanghai\)/);
    await parts(conversation(llm, { persona: '你是一只猫。' }).respond(input('你好', noTools, 'zh-CN'), live()));
    expect(requests[1]!.messages[0]!.content).toMatch(/^你是一只猫。[^]*Markdown[^]*Asia\/Shanghai/);
  });

  it('fails if the model says nothing', async () => {
    for (const script of [[], [text('  \n')]]) {
      const { llm } = model(script);
      await expect(parts(conversation(llm).respond(input('hi'), live()))).rejects.toMatchObject({ code: 'llm.failed' });
    }
  });

  it.each(['😴', '...', '<think>I am thinking and the tokens run out', '{"name": "reboot", "arguments": {}}'])(
    'fails if it contains no speakable words, so that the person hears the reason: %j',
    async (answer) => {
      const { llm } = model([text(answer)]);
      await expect(parts(conversation(llm).respond(input('hi'), live()))).rejects.toMatchObject({ code: 'llm.failed' });
    },
  );

  it('speaks the complete sentences that came before a failure', async () => {
    const { llm } = model([text('Good start. '), new ChorusError('llm.failed', 'a broken event'), text('Good end.')]);
    const heard: ReplyPart[] = [];
    const reading = async (): Promise<void> => {
      for await (const part of conversation(llm).respond(input('hi'), live())) heard.push(part);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'llm.failed' });
    expect(spoken(heard)).toBe('Good start.');
  });

  it('contains no reasoning once the model has shown that it does not mark where its reasoning begins', async () => {
    const { llm } = model([text('I should be brief.\n</think>\nHello, my friend.')]);
    const talk = conversation(llm);
    await parts(talk.respond(input('hi'), live()));
    expect(spoken(await parts(talk.respond(input('hi'), live())))).toBe('Hello, my friend.');
  });

  it.each([
    ['before', [text('I should be brief.\n</think>\nHello.')]],
    ['after', [{ type: 'speech', speech: undefined } as const, text('I should be brief.\n</think>\nHello.')]],
  ])(
    'contains no such reasoning in another voice if it was first detected %s a change of voice',
    async (_when, first) => {
      const second = [{ type: 'speech', speech: undefined } as const, text('Not too long.\n</think>\nHello again.')];
      const talk = conversation(model(first, second).llm);
      await parts(talk.respond(input('hi'), live()));
      expect(spoken(await parts(talk.respond(input('hi'), live())))).toBe('Hello again.');
    },
  );

  it('throws the failure after the text that came before it', async () => {
    const { llm } = model([
      text('Once upon a time there was a king. '),
      text('He had'),
      new ChorusError('llm.unreachable', 'cut'),
    ]);
    const heard: ReplyPart[] = [];
    const reading = async (): Promise<void> => {
      for await (const part of conversation(llm).respond(input('story'), live())) heard.push(part);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'llm.unreachable' });
    expect(spoken(heard)).toBe('Once upon a time there was a king.');
  });

  it('is cut off if it does not end', async () => {
    const { llm } = model([text('All work and no play. '.repeat(10_000)), text('never')]);
    const said = spoken(await parts(conversation(llm, { maxTokens: 20 }).respond(input('hi'), live())));
    expect(said.length).toBeLessThanOrEqual(240);
    expect(said).not.toContain('never');
  });

  it('stops if it is aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const { llm } = model([text('One sentence that is long enough. '), text('Another sentence that is long enough. ')]);
    const heard: ReplyPart[] = [];
    const reading = async (): Promise<void> => {
      for await (const part of conversation(llm).respond(input('hi'), controller.signal)) {
        heard.push(part);
        if (part.type === 'speech') controller.abort(reason);
      }
    };
    await expect(reading()).rejects.toBe(reason);
    expect(heard.filter((part) => part.type === 'speech')).toHaveLength(1);
  });
});

describe('history', () => {
  it('contains the heard reply, not the generated one', async () => {
    const { llm, requests } = model([text('A long story about a king and a queen.')]);
    const talk = conversation(llm);
    await parts(talk.respond(input('tell me a story'), live()));
    talk.heard('tell me a story', 'A long story');
    await parts(talk.respond(input('go on'), live()));
    expect(requests[1]!.messages.slice(1)).toEqual([
      { role: 'user', content: 'tell me a story' },
      { role: 'assistant', content: 'A long story' },
      { role: 'user', content: 'go on' },
    ]);
  });
});

it('the offline assistant can turn the volume up', async () => {
  const { tools, calls } = box({
    self_get_device_status: '{"audio_speaker":{"volume":60}}',
    self_audio_speaker_set_volume: 'true',
  });
  const talk = conversation(createOfflineAssistant({ clock: new FakeClock() }));
  expect(spoken(await parts(talk.respond(input('Turn the volume up, please.', tools), live())))).toBe(
    'The volume is now 70 percent.',
  );
  expect(calls).toEqual([
    { name: 'self_get_device_status', args: {} },
    { name: 'self_audio_speaker_set_volume', args: { volume: 70 } },
  ]);
  expect(spoken(await parts(talk.respond(input('声音大一点', tools, 'zh-CN'), live())))).toBe('音量调到百分之七十了。');
});
