import { describe, expect, it } from 'vitest';
import { box, call, conversation, input, live, model, parts, text } from '../../../test/fakes/scripted-conversation.js';
import type { LlmDelta } from '../../providers/llm/llm-port.js';
import type { SoundQueue } from '../../speech/speaking/index.js';
import type { ToolAnswer } from '../tools/index.js';

const queue = (): SoundQueue => ({ next: () => Promise.resolve(undefined), stopped: () => undefined });
const goOn = { type: 'sounds_go_on' } as const;

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

  it('resume after an answer that allows it, also after a tool call', async () => {
    expect(await played([text('I heard: hm.'), goOn])).toEqual([interrupted]);
    expect(await played([call('act'), goOn])).toEqual([interrupted]);
  });

  it('do not resume after other answers, a confirmation question, other sounds or the end of the talk', async () => {
    const others = queue();
    expect(await played([call('act'), goOn], { text: 'ok', say: 'Now.', play: others })).toEqual([others]);
    expect(await played([call('act'), goOn], { text: 'ok', say: 'Bye.', end: true })).toEqual([]);
    expect(await played([text('Shall I?'), goOn], undefined, true)).toEqual([]);
    expect(await played([text('Well.')])).toEqual([]);
  });
});
