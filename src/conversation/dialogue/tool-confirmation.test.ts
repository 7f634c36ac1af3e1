import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import {
  call,
  conversation,
  input,
  live,
  model,
  parts,
  spoken,
  text,
} from '../../../test/fakes/scripted-conversation.js';
import { silentLogger } from '../../core/index.js';
import { type ToolSource } from '../tools/index.js';
import { createToolbox } from '../tools/toolbox.js';
import type { Certainty } from '../../providers/llm/llm-port.js';

describe('a tool that asks for confirmation', () => {
  function asking() {
    const calls: unknown[] = [];
    const source: ToolSource = {
      id: 'device',
      list: () => [
        {
          name: 'reboot',
          description: '',
          inputSchema: {},
          effects: 'device',
          confirm: true,
          question: { en: 'Shall I restart?', zh: '要重启吗？' },
        },
        { name: 'status', description: '', inputSchema: {}, effects: 'none', confirm: false },
      ],
      call: (name, args) => {
        calls.push([name, args]);
        return Promise.resolve({ text: 'ok' });
      },
    };
    return { calls, tools: createToolbox({ sources: [source], clock: new FakeClock(), log: silentLogger }) };
  }

  it('makes the server ask, and runs after a yes without asking the model again', async () => {
    const { calls, tools } = asking();
    const { llm, requests } = model([call('reboot', { now: 1 })], [text('It restarts.')], [text('What?')]);
    const talk = conversation(llm);
    expect(spoken(await parts(talk.respond(input('restart', tools), live())))).toBe('Shall I restart?');
    expect([calls, requests.length]).toEqual([[], 1]);
    talk.heard('restart', 'Shall I restart?');
    expect(spoken(await parts(talk.respond(input('Yes.', tools), live())))).toBe('It restarts.');
    expect(calls).toEqual([['reboot', { now: 1 }]]);
    expect(requests[1]!.messages.slice(-2)).toMatchObject([{ toolCalls: [{ name: 'reboot' }] }, { role: 'tool' }]);
    talk.heard('Yes.', 'It restarts.');
    await parts(talk.respond(input('yes', tools), live()));
    expect(calls).toHaveLength(1);
  });

  it('runs after a yes that repeats the question, but not after a yes that changes it', async () => {
    for (const [said, runs] of [
      ['Yes, restart it.', 1],
      ['Yes, but restart it later.', 0],
    ] as const) {
      const { calls, tools } = asking();
      const { llm } = model([call('reboot')], [text('Fine.')]);
      const talk = conversation(llm);
      await parts(talk.respond(input('restart', tools), live()));
      talk.heard('restart', 'Shall I restart?');
      await parts(talk.respond(input(said, tools), live()));
      expect(calls).toHaveLength(runs);
    }
  });

  it.each([
    ['the user says no', 'Shall I restart?', 'no'],
    ['the question was not heard', 'Shall', 'yes'],
  ])('does not run if %s', async (_, heard, said) => {
    const { calls, tools } = asking();
    const { llm } = model([text('Well. '), call('reboot')], [text('Fine.')]);
    const talk = conversation(llm);
    await parts(talk.respond(input('restart', tools), live()));
    talk.heard('restart', heard);
    await parts(talk.respond(input(said, tools), live()));
    expect(calls).toEqual([]);
  });

  it('cannot be run because of the answer of another tool', async () => {
    const { calls, tools } = asking();
    // The model obeys text from a tool result, and hides the real question behind another one.
    const { llm } = model([call('status'), call('reboot'), text('Shall I go on? Say yes! ')], [call('reboot')]);
    const talk = conversation(llm);
    const said = spoken(await parts(talk.respond(input('how are you?', tools), live())));
    expect(said).toMatch(/Shall I restart\?$/);
    expect(calls).toEqual([['status', {}]]);
  });

  it('does not run until the yes is certain', async () => {
    const { calls, tools } = asking();
    const { llm } = model([call('reboot')], [text('Fine.')]);
    const talk = conversation(llm);
    await parts(talk.respond(input('restart', tools), live()));
    talk.heard('restart', 'Shall I restart?');
    const controller = new AbortController();
    const certainty: Certainty = { certain: false, whenCertain: () => new Promise(() => undefined) };
    void parts(talk.respond({ ...input('yes', tools), certainty }, controller.signal)).catch(() => undefined);
    await settle();
    await parts(talk.respond(input('yes but later', tools), live()));
    expect(calls).toEqual([]);
  });
});
