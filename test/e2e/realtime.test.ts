import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/platform/store/index.js';
import { reply } from '../fakes/llm-server.js';
import { openAiLikeService, type RealtimePlan, type RealtimeTrouble } from '../fakes/realtime-services.js';
import { ScriptedSocket } from '../fakes/scripted-socket.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectNothingLeft, expectWords, ScriptedServer } from './scripted-server.js';
import { SAID, utterance } from './transcripts.js';

const LONG =
  'Once upon a time there was a fox. It lived in a wood. It had three friends there. They sang all day long.';
const LONG_MS = 9_000;

/** What the server under test sent to the realtime model. */
interface Sent {
  readonly type: string;
  readonly audio_end_ms?: number;
  readonly session?: { readonly instructions?: string; readonly tools?: readonly { readonly name: string }[] };
  readonly item?: { readonly type: string; readonly output?: string };
}

describe('an agent with a realtime model', () => {
  let model: ScriptedSocket;
  let scripted: ScriptedServer;
  let store: Store;
  let trouble: RealtimeTrouble;
  let plan: Omit<RealtimePlan, 'trouble'>;

  beforeAll(async () => {
    model = await ScriptedSocket.start(
      openAiLikeService(
        {
          trouble: () => trouble,
          heard: (ms) => plan.heard?.(ms) ?? 'what is it',
          answer: (input) => plan.answer?.(input) ?? { text: 'It is fine.', audioMs: 900 },
          pause: (next) => (plan.pause ?? ((go: () => void) => go()))(next),
        },
        { inputHz: 24_000 },
      ),
    );
    scripted = await ScriptedServer.start({
      'realtime.services': 'openai-realtime',
      'realtime.openai-realtime.url': `${model.url}/v1`,
      'realtime.openai-realtime.api_key': 'sk-secret',
    });
    store = await openStore({ dataDir: scripted.server.dataDir });
    await store.agents.changeAgent('kim', () => ({ name: 'Kim', prompt: 'You are Kim.', realtime: 'openai-realtime' }));
  }, 90_000);
  beforeEach(() => {
    trouble = undefined;
    plan = {};
  });
  afterEach(() => expectNothingLeft(scripted));
  afterAll(async () => {
    await store.close();
    await scripted.stop();
    await model.close();
  });

  async function device(): Promise<RawDevice> {
    const identity = scripted.server.identity();
    const first = await scripted.server.raw({ identity });
    first.vanish();
    await store.agents.changeRole(identity.deviceId, 'kim');
    return scripted.server.raw({ identity });
  }
  const sent = (): readonly Sent[] =>
    model.peers.at(-1)!.received.map((message) => JSON.parse(String(message)) as Sent);
  const types = (): readonly string[] => sent().map(({ type }) => type);

  it('recognises, calls a tool and speaks by itself; screen, history and memory get the words', async () => {
    const { length } = scripted.llm.requests;
    plan = {
      heard: (ms) => (ms > 2_000 ? 'what is six times seven' : 'too short'),
      answer: (input) =>
        input === 'what is six times seven'
          ? { text: '', audioMs: 0, call: { name: 'calculate', arguments: '{"expression":"6*7"}' } }
          : { text: `That makes ${/42/u.exec(input)?.[0]}. Anything else?`, audioMs: 1_800 },
    };
    const kim = await device();
    await kim.reply(await ask(kim));
    expect(kim.heard()).toEqual(['what is six times seven']);
    expect(kim.sentences()).toEqual(['That makes 42.', 'Anything else?']);
    // The speech lasts 1.8 s without the silence at its edges, and a pause follows it.
    expect(kim.packets().length * 60).toBeGreaterThan(1_700);
    expect(kim.packets().length * 60).toBeLessThan(2_300);
    const session = sent().find(({ session: one }) => (one?.tools?.length ?? 0) > 0)?.session;
    expect(session?.instructions).toContain('You are Kim.');
    expect(session?.tools?.map(({ name }) => name)).toContain('calculate');
    expect(types().filter((type) => type !== 'input_audio_buffer.append')).toEqual([
      'session.update',
      'input_audio_buffer.commit',
      'session.update',
      'response.create',
      'conversation.item.create',
      'response.create',
    ]);
    expect(sent().find(({ item }) => item)?.item).toMatchObject({ type: 'function_call_output' });
    expect(scripted.llm.requests).toHaveLength(length);
  }, 60_000);

  it('stops at once on an interruption, and is told the heard part of its speech', async () => {
    plan = {
      answer: () => ({ text: LONG, audioMs: LONG_MS }),
      // The model speaks twice as fast as the speech is played.
      pause: (next) => void setTimeout(next, 50),
    };
    const kim = await device();
    const mark = await ask(kim);
    await kim.audio(30, mark);
    kim.abort();
    await kim.message('tts', { state: 'stop', from: mark });
    const packets = kim.packets(mark).length;
    await expect.poll(types, { timeout: 5_000 }).toContain('conversation.item.truncate');
    expect(types()).toContain('response.cancel');
    const heardMs = sent().find(({ type }) => type === 'conversation.item.truncate')?.audio_end_ms ?? 0;
    // The device heard what was sent, except for what it still had in its queue.
    expect(heardMs).toBeLessThanOrEqual(packets * 60);
    expect(heardMs).toBeGreaterThan((packets - 20) * 60);
    plan = {};
    await kim.reply(await ask(kim));
    expect(kim.sentences().at(-1)).toBe('It is fine.');
    expect(model.peers.at(-1)!.received.length).toBeGreaterThan(0);
  }, 60_000);

  it('works in push to talk, and is interrupted by speech in realtime mode', async () => {
    const pressed = await device();
    pressed.start('manual');
    pressed.burst(utterance('austen-0880'));
    pressed.stop();
    await pressed.reply();
    expect([pressed.heard(), pressed.sentences()]).toEqual([['what is it'], ['It is fine.']]);
    pressed.vanish();

    plan = {
      heard: () => (types().filter((type) => type === 'response.create').length === 0 ? 'tell me a story' : 'stop it'),
      answer: (input) =>
        input === 'stop it' ? { text: 'I stopped.', audioMs: 900 } : { text: LONG, audioMs: LONG_MS },
    };
    const kim = await device();
    kim.start('realtime');
    kim.burst(utterance('austen-0880'));
    await kim.audio(20);
    await kim.stream(utterance('austen-0930'));
    await kim.until('the other answer', () => kim.sentences().includes('I stopped.'));
    expect(kim.heard()).toEqual(['tell me a story', 'stop it']);
    expect(sent().find(({ type }) => type === 'conversation.item.truncate')?.audio_end_ms).toBeLessThan(LONG_MS / 2);
  }, 60_000);

  it('continues with the language model and the voice if it breaks during an answer', async () => {
    trouble = 'cut';
    plan = { answer: () => ({ text: LONG, audioMs: LONG_MS }) };
    scripted.llm.script(reply('I will tell you instead.'));
    const kim = await device();
    const mark = await ask(kim);
    await kim.reply(mark);
    expect(kim.heard(mark)).toEqual(['what is it']);
    expect(kim.sentences(mark)[0]).toBe('Once upon a time there was a fox.');
    expect(kim.sentences(mark).at(-1)).toBe('I will tell you instead.');
  }, 60_000);

  it.each(['refused', 'silent'])(
    '%s: the words are recognised here and are not lost',
    async (how) => {
      if (how === 'refused') model.fault = { refuse: 401 };
      else trouble = 'no-text';
      scripted.llm.script(reply('I heard you.'));
      const kim = await device();
      const mark = await ask(kim);
      await kim.reply(mark);
      expectWords(SAID['austen-0880'], kim.heard(mark)[0] ?? '');
      expect(kim.sentences(mark)).toEqual(['I heard you.']);
      // After its failure, the realtime model is not used for half a minute, so the next words go at once to the usual
      // recogniser, model and voice.
      model.fault = undefined;
      trouble = undefined;
      const { length } = model.peers;
      await kim.reply(await ask(kim));
      expect(model.peers).toHaveLength(length);
      expect(kim.sentences().at(-1)).toBe('I heard you.');
    },
    60_000,
  );

  it('gets no request from any device after three failures in a row, until its pause is over', async () => {
    const { length } = model.peers;
    const other = await device();
    await other.reply(await ask(other));
    expect(other.sentences()).toEqual(['I heard you.']);
    expect(model.peers).toHaveLength(length);
  }, 60_000);
});
