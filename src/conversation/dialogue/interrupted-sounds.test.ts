import { describe, expect, it } from 'vitest';
import { box, call, conversation, input, live, model, parts, text } from '../../../test/fakes/scripted-conversation.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { LlmDelta } from '../../providers/llm/llm-port.js';
import type { SoundQueue } from '../../speech/speaking/index.js';
import type { ToolAnswer, ToolSource } from '../tools/index.js';
import { createToolbox } from '../tools/toolbox.js';
import type { ReplyPart } from './conversation-port.js';

const queue = (): SoundQueue => ({ next: () => Promise.resolve(undefined), stopped: () => undefined });

describe('sounds that the user interrupted', () => {
  const interrupted = queue();
  async function played(
    deltas: readonly LlmDelta[],
    answer: ToolAnswer = { text: 'ok', say: 'OK.' },
    asking = false,
  ): Promise<readonly unknown[]> {
    const tools = {
      ...box({ act: '' }).tools,
      call: () => Promise.resolve(answer),
      interrupted: () => interrupted,
      asking: () => asking,
    };
    const all = await parts(conversation(model(deltas).llm).respond(input('hm', tools), live()));
    return all.flatMap((part) => (part.type === 'play' ? [part.sounds] : []));
  }

  it('continue after an answer and after a tool call', async () => {
    expect(await played([text('It is five.')])).toEqual([interrupted]);
    expect(await played([call('act')])).toEqual([interrupted]);
  });

  it('are passed on with the last words of the answer, which may ask something', async () => {
    const tools = { ...box({ act: '' }).tools, interrupted: () => interrupted };
    const llm = model([text('It is warm. In which city?')]).llm;
    const all = await parts(conversation(llm).respond(input('hm', tools), live()));
    expect(all.at(-1)).toEqual({ type: 'play', sounds: interrupted, after: 'In which city?' });
  });

  it('stay silent after good night, and wait after a question, even if a tool of the device was called', async () => {
    const device: ToolSource = {
      id: 'device',
      list: () => [{ name: 'act', description: '', inputSchema: {}, effects: 'device', confirm: false }],
      call: () => Promise.resolve({ text: 'true' }),
      interrupted: () => interrupted,
    };
    const said = async (words: string, reply: string): Promise<readonly ReplyPart[]> => {
      const tools = createToolbox({ sources: [device], clock: new FakeClock(), log: silentLogger });
      const { llm } = model([call('act')], [text(reply)]);
      const all = await parts(conversation(llm).respond(input(words, tools), live()));
      return all.filter(({ type }) => type === 'play');
    };
    expect(await said('晚安，把灯关了', '晚安！')).toEqual([]);
    expect(await said('Louder', 'OK. Is that enough?')).toEqual([
      { type: 'play', sounds: interrupted, after: 'OK. Is that enough?' },
    ]);
  });

  it('do not continue after a confirmation question, other sounds or the end of the conversation', async () => {
    const others = queue();
    expect(await played([call('act')], { text: 'ok', say: 'Now.', play: others })).toEqual([others]);
    expect(await played([call('act')], { text: 'ok', say: 'Bye.', end: true })).toEqual([]);
    expect(await played([text('Shall I?')], undefined, true)).toEqual([]);
  });

  it('stay silent if the user wants silence, even if the model calls no tool for that', async () => {
    const tools = { ...box({ act: '' }).tools, interrupted: () => interrupted };
    const all = await parts(conversation(model([text('OK.')]).llm).respond(input('Please stop it', tools), live()));
    expect(all.at(-1)).toEqual({ type: 'silence' });
    expect(all.some(({ type }) => type === 'play')).toBe(false);
  });

  it('do not continue in the next conversation if the answer ended this one', async () => {
    let silenced = 0;
    const answer: ToolAnswer = { text: 'ok', say: 'Bye.', end: true };
    const own = { ...box({ act: '' }).tools, call: () => Promise.resolve(answer), silence: () => (silenced += 1) };
    await parts(conversation(model([call('act')]).llm).respond(input('I am off', own), live()));
    expect(silenced).toBe(1);
  });
});

describe('sounds of a tool', () => {
  async function answer(
    answers: Readonly<Record<string, ToolAnswer>>,
    rounds: readonly (readonly LlmDelta[])[],
    asking = false,
  ): Promise<readonly ReplyPart[]> {
    const { tools } = box(Object.fromEntries(Object.keys(answers).map((name) => [name, ''])));
    const own = { ...tools, call: (name: string) => Promise.resolve(answers[name]!), asking: () => asking };
    const all = await parts(conversation(model(...rounds).llm).respond(input('hm', own), live()));
    return all.filter(({ type }) => type === 'speech' || type === 'play');
  }
  const sounds = queue();
  const music: ToolAnswer = { text: 'ok', say: 'Here is jazz.', play: sounds };

  it('come after the words of other tools and of later rounds', async () => {
    const lamp: ToolAnswer = { text: 'ok', say: 'The lamp is on.' };
    expect(await answer({ music, lamp }, [[call('music'), call('lamp')]])).toMatchObject([
      { text: 'Here is jazz.' },
      { text: 'The lamp is on.' },
      { type: 'play', sounds },
    ]);
    const status: ToolAnswer = { text: '40' };
    expect(
      await answer({ music, status }, [[call('music'), call('status')], [text('The volume is 40.')]]),
    ).toMatchObject([{ text: 'Here is jazz.' }, { text: 'The volume is 40.' }, { type: 'play', sounds }]);
  });

  it('wait for the answer if a tool asks for confirmation', async () => {
    const all = await answer({ music }, [[call('music')]], true);
    expect(all.at(-1)).toEqual({ type: 'play', sounds, after: 'Here is jazz.' });
  });

  it('play even if a later round fails', async () => {
    const status: ToolAnswer = { text: '40' };
    const { tools } = box({ music: '', status: '' });
    const own = { ...tools, call: (name: string) => Promise.resolve(name === 'music' ? music : status) };
    const { llm } = model([call('music'), call('status')], [new ChorusError('llm.failed', 'no')]);
    const played: ReplyPart[] = [];
    const answering = (async () => {
      for await (const part of conversation(llm).respond(input('hm', own), live())) played.push(part);
    })();
    await expect(answering).rejects.toThrow('no');
    expect(played.at(-1)).toMatchObject({ type: 'play', sounds });
  });
});
