import { afterEach, describe, expect, it } from 'vitest';
import { CountingMetrics } from '../fakes/counting-metrics.js';
import { createWorld, endWorld, type World } from './turn-world.js';

let world: World;
let metrics: CountingMetrics;

afterEach(() => endWorld(world));

/** A person seems to have finished, so the model is asked. It answers after `thinkingMs`. */
async function cutOff(thinkingMs: number, mode: 'auto' | 'realtime' = 'auto'): Promise<World> {
  metrics = new CountingMetrics();
  world = createWorld({ metrics });
  world.conversation.delayMs = thinkingMs;
  world.device.start(mode);
  world.stream().hears('what is the weather');
  await world.clock.advance(300);
  expect(world.conversation.asked).toEqual(['what is the weather']);
  return world;
}

const JOINED = 'what is the weather in Paris';
const repaired = (): number => metrics.of('chorus_barge_ins_total')['continued'] ?? 0;

/** Expects that what was said counts as one question with one answer. */
function expectOne(asked: readonly string[] = ['what is the weather', JOINED]): void {
  const { conversation, connection, host } = world;
  expect(conversation.asked).toEqual(asked);
  expect(conversation.history).toEqual([{ user: JOINED, reply: 'One. Two.' }]);
  expect(connection.words.filter((word) => word.startsWith('stt:')).at(-1)).toBe(`stt:${JOINED}`);
  expect(connection.words.slice(-5)).toEqual(['tts:start', 'llm:happy', 'say:One.', 'say:Two.', 'tts:stop']);
  expect(host.recentTurns()).toMatchObject([{ outcome: 'answered' }]);
}

describe('a person who was taken to have finished, but continues', () => {
  it.each(['auto', 'realtime'] as const)('gets one answer if none had begun (%s)', async (mode) => {
    await cutOff(1000, mode);
    world.stream().starts();
    await world.clock.advance(500);
    world.stream().piece('in Paris');
    world.stream().ended();
    await world.clock.advance(8000);
    expectOne();
    expect(world.connection.words.filter((word) => word === 'tts:start')).toHaveLength(1);
    expect(repaired()).toBe(1);
  });

  it('delays the answer if it would begin during the speech', async () => {
    await cutOff(500);
    world.stream().starts();
    await world.clock.advance(1500);
    expect(world.connection.words).toEqual(['stt:what is the weather']);
    expect(world.conversation.running).toBe(0);
    world.stream().piece('in Paris');
    world.stream().ended();
    await world.clock.advance(8000);
    expectOne();
    expect(repaired()).toBe(1);
  });

  it('stops an answer that has begun at once, and none of it is stored (realtime)', async () => {
    await cutOff(100, 'realtime');
    await world.clock.advance(200);
    expect(world.connection.words).toContain('say:One.');
    const { packets } = world.connection;
    world.stream().bargesIn();
    world.stream().starts();
    await world.clock.advance(200);
    world.stream().piece('in Paris');
    await world.clock.advance(100);
    expect(world.connection.packets).toBe(packets);
    world.stream().ended();
    await world.clock.advance(8000);
    expectOne();
    expect(repaired()).toBe(1);
    expect(metrics.of('chorus_barge_ins_total')).toEqual({ continued: 1 });
  });

  it('keeps an answer that is about to play from playing over the speech (realtime)', async () => {
    await cutOff(250, 'realtime');
    world.speaking.synthesisMs = 200;
    await world.clock.advance(50);
    expect(world.connection.words).toContain('tts:start');
    world.stream().starts();
    await world.clock.advance(350);
    expect(world.connection.packets).toBe(0);
    world.stream().piece('in Paris');
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.history).toEqual([{ user: JOINED, reply: 'One. Two.' }]);
  });

  it('may continue once more', async () => {
    await cutOff(1000);
    world.stream().starts();
    world.stream().piece('in');
    world.stream().ended();
    await world.clock.advance(300);
    world.stream().starts();
    world.stream().piece('Paris');
    world.stream().ended();
    await world.clock.advance(8000);
    expectOne(['what is the weather', 'what is the weather in', JOINED]);
  });
});

describe('a sound after the question', () => {
  it('changes nothing if it ends before the answer begins', async () => {
    await cutOff(1000);
    world.stream().starts();
    world.stream().piece('');
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['what is the weather']);
    expect(world.connection.words.at(-1)).toBe('tts:stop');
  });

  it('delays the answer if it lasts longer, because the question is asked again', async () => {
    await cutOff(500);
    world.stream().starts();
    await world.clock.advance(600);
    world.stream().piece('');
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['what is the weather', 'what is the weather']);
    expect(world.conversation.history).toEqual([{ user: 'what is the weather', reply: 'One. Two.' }]);
  });

  it('is ignored if it is a backchannel', async () => {
    await cutOff(1000);
    world.stream().starts();
    world.stream().piece('Uh-huh.');
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual(['what is the weather']);
  });
});

describe('the first part of a question', () => {
  it.each(['recognition', 'listening'] as const)('is answered even if %s fails meanwhile', async (what) => {
    await cutOff(500);
    world.stream().starts();
    await world.clock.advance(600);
    expect(world.conversation.running).toBe(0);
    if (what === 'listening') world.stream().lost();
    else {
      world.recognizer.fails = new Error('gone');
      world.stream().piece('in Paris', true);
      world.stream().ended();
      await world.clock.advance(100);
      world.recognizer.fails = undefined;
    }
    await world.clock.advance(8000);
    expect(world.conversation.history).toEqual([{ user: 'what is the weather', reply: 'One. Two.' }]);
  });
});

it('sends tts start 1.5 s after the last word at the latest', async () => {
  // Of these 1.5 s, 600 ms have passed at the end of the turn, and 900 ms when the model is asked.
  await cutOff(3000);
  expect(world.connection.words).toEqual(['stt:what is the weather']);
  await world.clock.advance(599);
  expect(world.connection.words).toEqual(['stt:what is the weather']);
  await world.clock.advance(1);
  expect(world.connection.words).toEqual(['stt:what is the weather', 'tts:start']);
  expect(world.stream().turn).toBeUndefined();
});

it('treats later words as another question, even if they arrive only at the end of the utterance', async () => {
  metrics = new CountingMetrics();
  world = createWorld({ metrics });
  world.conversation.sentences = Array.from({ length: 12 }, (_, i) => `Sentence ${i}.`);
  world.device.start('realtime');
  world.stream().hears('how are you');
  await world.clock.advance(3000);
  world.recognizer.runMs = 3000;
  world.stream().bargesIn();
  world.stream().starts(3000);
  await world.clock.advance(200);
  world.stream().piece('stop that.');
  // No words have been recognised yet, so the answer continues.
  await world.clock.advance(1500);
  expect(metrics.of('chorus_barge_ins_total')).toEqual({ ignored: 1 });
  world.stream().ended();
  await world.clock.advance(2000);
  expect(world.conversation.asked).toEqual(['how are you', 'stop that.']);
  expect(metrics.of('chorus_barge_ins_total')).toEqual({ ignored: 1, interrupted: 1 });
  expect(repaired()).toBe(0);
});
