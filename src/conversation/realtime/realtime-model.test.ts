import { describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { fakeRealtime, type FakeRealtimeOptions } from '../../../test/fakes/fake-realtime.js';
import {
  box,
  call,
  conversation,
  input,
  live,
  model,
  parts,
  spoken,
  text,
} from '../../../test/fakes/scripted-conversation.js';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { LlmDelta, ModelSpeech } from '../../providers/llm/llm-port.js';
import { createToolbox } from '../tools/toolbox.js';
import type { ToolSource } from '../tools/tool-source.js';
import { RealtimeModel } from './realtime-model.js';

const FAILURE = new ChorusError('realtime.timeout', 'scripted');
const SPEECH: ModelSpeech = {
  voice: 'fake',
  format: { kind: 'pcm', rateHz: 24_000 },
  chunks: (async function* () {})(),
  stopped: () => undefined,
};
const aloud: LlmDelta = { type: 'speech', speech: SPEECH };

function world(
  answers: readonly (readonly (LlmDelta | Error)[])[],
  options: Omit<FakeRealtimeOptions, 'clock' | 'prepare'> = {},
) {
  const clock = new FakeClock();
  const realtime = fakeRealtime({
    clock,
    ...options,
    prepare: (session) => {
      session.answers = answers;
    },
  });
  const ordinary = model([text('From the ordinary one.')]);
  const metrics = new CountingMetrics();
  const llm = new RealtimeModel({ link: realtime.link, deviceId: 'device', ordinary: () => ordinary.llm, metrics });
  const talk = conversation(llm, { persona: 'You are Kim.' });
  const says = (said: string): void => {
    const entered = realtime.link.enter();
    if (entered) realtime.link.heard(entered.session, said);
    entered?.succeeded();
  };
  return { ...realtime, ordinary, talk, says, metrics };
}

describe('a realtime model as the language model of a conversation', () => {
  it('answers speech with its own speech, and receives exchanges that it did not hear', async () => {
    const { talk, says, sessions, ordinary } = world([[aloud, text('Hello. How are you?')]]);
    talk.heard('I am Ann.', 'Nice to meet you.');
    says('hello there');
    const all = await parts(talk.respond(input('hello there'), live()));
    expect(all.filter(({ type }) => type === 'speech')).toEqual([
      { type: 'speech', text: 'Hello. How are you?', speech: SPEECH },
    ]);
    talk.heard('hello there', 'Hello. How are you?');
    says('and now');
    await parts(talk.respond(input('and now'), live()));
    const [first, second] = sessions[0]!.requests;
    expect([first?.input, second?.input]).toEqual([[], []]);
    expect(first?.instructions).toMatch(/You are Kim[^]*"I am Ann\."[^]*"Nice to meet you\."/u);
    expect(second?.instructions).toContain('I am Ann.');
    expect(second?.instructions).not.toContain('hello there');
    expect(ordinary.requests).toEqual([]);
  });

  it('calls tools through the loop of the conversation', async () => {
    const { talk, says, sessions } = world([
      [aloud, call('lamp', { on: true })],
      [aloud, text('It is on.')],
    ]);
    says('lamp on');
    const { tools, calls } = box({ lamp: 'the lamp is on' });
    expect(spoken(await parts(talk.respond(input('lamp on', tools), live())))).toBe('It is on.');
    expect(calls).toEqual([{ name: 'lamp', args: { on: true } }]);
    const [first, second] = sessions[0]!.requests;
    expect(first?.tools.map(({ name }) => name)).toEqual(['lamp']);
    expect(second?.input).toEqual([
      { type: 'tool_result', callId: 'id-lamp', text: '{"ok":true,"result":"the lamp is on"}' },
    ]);
  });

  it('lets the server ask before a tool that needs a spoken yes, and calls the tool after the yes', async () => {
    const { talk, says, sessions } = world([
      [aloud, call('reboot')],
      [aloud, text('It restarts.')],
    ]);
    const calls: string[] = [];
    const device: ToolSource = {
      id: 'device',
      list: () => [
        {
          name: 'reboot',
          description: '',
          inputSchema: {},
          effects: 'device',
          confirm: true,
          question: { en: 'Restart?', zh: '重启？' },
        },
      ],
      call: (name) => {
        calls.push(name);
        return Promise.resolve({ text: 'ok' });
      },
    };
    const tools = createToolbox({ sources: [device], clock: new FakeClock(), log: silentLogger });
    says('restart');
    const asked = await parts(talk.respond(input('restart', tools), live()));
    expect(asked.filter(({ type }) => type === 'speech')).toEqual([{ type: 'speech', text: 'Restart?' }]);
    expect(calls).toEqual([]);
    talk.heard('restart', 'Restart?');
    says('Yes.');
    expect(spoken(await parts(talk.respond(input('Yes.', tools), live())))).toBe('It restarts.');
    expect(calls).toEqual(['reboot']);
    expect(sessions[0]!.requests.at(-1)?.input).toEqual([{ type: 'text', text: 'reboot: {"ok":true,"result":"ok"}' }]);
  });

  it.each<[string, readonly (LlmDelta | Error)[], string]>([
    ['before its first word', [aloud, FAILURE], 'From the ordinary one.'],
    [
      'in the middle of its answer',
      [aloud, text('Once upon a time. There'), FAILURE],
      'Once upon a time. There From the ordinary one.',
    ],
  ])('fails %s, so that the ordinary model takes over', async (_, answer, said) => {
    const { talk, says, sessions, ordinary, link } = world([answer]);
    says('tell me a story');
    const all = await parts(talk.respond(input('tell me a story'), live()));
    expect(spoken(all)).toBe(said);
    const last = all.findLast(({ type }) => type === 'speech');
    expect(last).toEqual({ type: 'speech', text: 'From the ordinary one.' });
    expect(ordinary.requests[0]?.messages.at(-1)).toEqual({ role: 'user', content: 'tell me a story' });
    expect([sessions[0]?.over, link.usable]).toEqual([true, false]);
  });

  it('counts an answer as interrupted if nobody reads it to its end', async () => {
    const { talk, says, metrics } = world([[aloud, text('Once upon a time '), text('there was a king.')]]);
    says('tell me a story');
    for await (const { type } of talk.respond(input('tell me a story'), live())) if (type === 'first_token') break;
    const aborting = new AbortController();
    says('go on');
    const aborted = async (): Promise<void> => {
      for await (const { type } of talk.respond(input('go on'), aborting.signal))
        if (type === 'first_token') aborting.abort(new Error('cut'));
    };
    await expect(aborted()).rejects.toThrow('cut');
    says('go on');
    await parts(talk.respond(input('go on'), live()));
    expect(metrics.of('chorus_realtime_answers_total')).toEqual({ 'fake interrupted': 2, 'fake answered': 1 });
  });

  it('gets typed words as text, or is not used for them if it takes no text', async () => {
    const taking = world([[aloud, text('Yes.')]]);
    await parts(taking.talk.respond(input('typed words'), live()));
    expect(taking.sessions[0]?.requests[0]?.input).toEqual([{ type: 'text', text: 'typed words' }]);
    const not = world([[aloud, text('Yes.')]], { text: false });
    expect(spoken(await parts(not.talk.respond(input('typed words'), live())))).toBe('From the ordinary one.');
    expect(not.sessions[0]?.requests).toEqual([]);
  });

  it('is offered no tools if it cannot call any', async () => {
    const { talk, says, sessions } = world([[aloud, text('Yes.')]], { tools: false });
    says('hello');
    await parts(talk.respond(input('hello', box({ lamp: 'on' }).tools), live()));
    expect(sessions[0]?.requests[0]?.tools).toEqual([]);
  });

  it('gets the whole conversation on a new connection', async () => {
    const { talk, says, sessions } = world([[aloud, text('Blue.')]]);
    says('my colour is');
    await parts(talk.respond(input('my colour is'), live()));
    talk.heard('my colour is', 'Blue.');
    sessions[0]!.close();
    says('which was it');
    expect(sessions[1]?.instructions).toContain('my colour is');
    await parts(talk.respond(input('which was it'), live()));
    expect(sessions[1]?.requests[0]?.instructions).toMatch(/"my colour is"[^]*"Blue\."/u);
  });
});
