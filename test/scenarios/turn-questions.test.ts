import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/conversation/dialogue/index.js';
import { Questions, type Answered } from '../../src/conversation/notices/index.js';
import type { Clock } from '../../src/core/index.js';
import { settle } from '../fakes/fake-clock.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ID = 'aa:bb:cc:dd:ee:ff';
const QUESTION = { text: 'Shall I water the plants?', urgent: false, waitMs: 30_000 };
const live = (): AbortSignal => new AbortController().signal;

describe('a question of a program', () => {
  let world: World;
  let questions: Questions;
  /** What the model was asked, what it remembers of the conversation, and when it has to forget what it heard. */
  let model: string[];
  const clock: Clock = {
    nowMs: () => world.clock.nowMs(),
    wallMs: () => world.clock.wallMs(),
    after: (delayMs, callback) => world.clock.after(delayMs, callback),
  };

  beforeEach(() => {
    model = [];
    questions = new Questions(clock);
    const conversation: Conversation = {
      async *respond({ text }) {
        await Promise.resolve();
        model.push(`asked: ${text}`);
        yield { type: 'speech', text: 'I see.' };
      },
      heard: (text) => void model.push(`heard: ${text}`),
      close: () => void model.push('closed'),
    };
    const nothing = (): void => undefined;
    world = createWorld({
      notices: questions.beside({ present: nothing, over: nothing, gone: nothing }),
      conversation: () => questions.within(ID, conversation),
    });
    questions.askBy((deviceId, notice) => world.host.notify(deviceId, notice));
  });
  afterEach(() => endWorld(world));

  const said = (): string[] => world.connection.words.filter((word) => word.startsWith('say:'));

  it('is spoken, and the next words go to the program and not to the language model', async () => {
    world.device.start();
    await world.clock.advance(5000);
    const answer = questions.ask(ID, QUESTION, live());
    await world.clock.advance(5000);
    world.device.start();
    world.stream().hears('yes, please');
    await world.clock.advance(5000);
    expect(await answer).toEqual({ asked: true, heard: 'yes, please' });
    expect(said()).toEqual(['say:Shall I water the plants?', 'say:All right, thank you.']);
    expect(model).toEqual(['closed']);
    world.device.start();
    world.stream().hears('how are you');
    await world.clock.advance(5000);
    expect(model).toEqual(['closed', 'asked: how are you', 'heard: how are you']);
  });

  it.each([
    ['a text', QUESTION],
    ['a recording', { ...QUESTION, text: '', recording: [new Uint8Array([1])] }],
  ])('as %s, gets a short sound of agreement as its answer', async (_what, question) => {
    world.device.start();
    await world.clock.advance(5000);
    const answer = questions.ask(ID, question, live());
    await world.clock.advance(5000);
    world.device.start();
    world.stream().hears('Mm-hmm.', { speechMs: 220, levelDb: -30, probability: 0.6 });
    await world.clock.advance(5000);
    expect(await answer).toEqual({ asked: true, heard: 'Mm-hmm.' });
  });

  it('is not spoken any more once its program has stopped waiting', async () => {
    world.device.start();
    await world.clock.advance(5000);
    // The person speaks for longer than the program is willing to wait.
    world.stream().starts();
    const answer = questions.ask(ID, { ...QUESTION, waitMs: 3000 }, live());
    await world.clock.advance(4000);
    expect(await answer).toEqual({ asked: false, heard: undefined });
    world.stream().hears('how are you');
    await world.clock.advance(20_000);
    expect(said()).toEqual(['say:I see.']);
  });

  it('may be a recording, which is played', async () => {
    world.device.start();
    await world.clock.advance(5000);
    const recording = [new Uint8Array([1])];
    const answer = questions.ask(ID, { ...QUESTION, text: '', recording }, live());
    await world.clock.advance(5000);
    world.device.start();
    world.stream().hears('yes, please');
    await world.clock.advance(5000);
    expect(await answer).toEqual({ asked: true, heard: 'yes, please' });
    expect(world.speaking.replies.flatMap(({ recorded }) => recorded)).toEqual([recording]);
    expect(said()).toEqual(['say:♪', 'say:All right, thank you.']);
  });

  it('ends without an answer if nobody speaks, the device disconnects, or there is no device', async () => {
    world.device.start();
    await world.clock.advance(5000);
    const silent = questions.ask(ID, QUESTION, live());
    await expect(questions.ask(ID, QUESTION, live())).rejects.toMatchObject({ code: 'notice.too_many' });
    await world.clock.advance(30_000);
    expect(await silent).toEqual({ asked: true, heard: undefined });
    const gone: Promise<Answered> = questions.ask(ID, QUESTION, live());
    await world.clock.advance(100);
    world.connection.lose();
    await settle();
    expect((await gone).heard).toBeUndefined();
    expect(await questions.ask(ID, QUESTION, live())).toEqual({ asked: false, heard: undefined });
  });
});
