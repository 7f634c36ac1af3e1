import { describe, expect, it } from 'vitest';
import { box, call, conversation, input, live, model, parts, text } from '../../../test/fakes/scripted-conversation.js';
import type { LlmDelta } from '../../providers/llm/llm-port.js';
import type { SoundQueue } from '../../speech/speaking/index.js';
import type { ToolAnswer } from '../tools/index.js';

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
});
