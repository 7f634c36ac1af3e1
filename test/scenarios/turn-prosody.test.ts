import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../../src/core/index.js';
import { createEndpointPolicy, type Prosody, type ProsodyModel } from '../../src/speech/listening/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { textOf } from '../fakes/fake-listening.js';
import { createWorld, endWorld, type World } from './turn-world.js';

let world: World;

afterEach(() => endWorld(world));

const FINISHED = 'It is my birthday today.';
const RECOGNITION_MS = 80;
const VERDICT_MS = 60;

interface Heard {
  readonly silenceMs: (number | undefined)[];
  readonly asked: string[];
}

/**
 * Lets a person say a sentence and pause. Returns the silence that is required once the words are known, and once the
 * model has judged how they sounded.
 */
async function pauseAfter(verdict: Prosody | undefined | 'late', hears = true): Promise<Heard> {
  const clock = new FakeClock();
  const asked: string[] = [];
  const prosody: ProsodyModel = {
    prepare: () => hears,
    async judge(pcm, signal) {
      asked.push(textOf(pcm));
      await sleep(clock, verdict === 'late' ? 60_000 : VERDICT_MS, signal);
      return verdict === 'late' ? 'incomplete' : verdict;
    },
  };
  world = createWorld({ clock, prosody, endpoint: createEndpointPolicy({ patience: 'normal' }) });
  world.device.start('auto');
  world.stream().starts();
  world.stream().piece(FINISHED);
  await clock.advance(RECOGNITION_MS);
  const silenceMs = [world.stream().silenceMs];
  await clock.advance(VERDICT_MS);
  silenceMs.push(world.stream().silenceMs);
  return { silenceMs, asked };
}

describe('the prosody at the end of a turn', () => {
  it('lengthens the pause if the voice sounds incomplete', async () => {
    const { silenceMs, asked } = await pauseAfter('incomplete');
    expect(asked).toEqual([FINISHED]);
    const [words, voice] = silenceMs;
    expect(words).toBe(350);
    expect(voice).toBeGreaterThan(900);
  });

  it.each(['complete', undefined, 'late'] as const)('changes nothing if the verdict is %s', async (verdict) => {
    expect((await pauseAfter(verdict)).silenceMs).toEqual([350, 350]);
    world.stream().ended();
    await world.clock.advance(8000);
    expect(world.conversation.asked).toEqual([FINISHED]);
  });

  it('is not requested if no model can judge it', async () => {
    expect(await pauseAfter('incomplete', false)).toEqual({ silenceMs: [350, 350], asked: [] });
  });

  it('is requested from the next turn on if the model becomes available during the session', async () => {
    const clock = new FakeClock();
    const asked: string[] = [];
    let installed = false;
    const prosody: ProsodyModel = {
      prepare: () => installed,
      judge: (pcm) => {
        asked.push(textOf(pcm));
        return Promise.resolve('complete');
      },
    };
    world = createWorld({ clock, prosody, endpoint: createEndpointPolicy({ patience: 'normal' }) });
    world.device.start('auto');
    const says = async (text: string): Promise<void> => {
      world.stream().starts();
      world.stream().piece(text);
      await clock.advance(RECOGNITION_MS);
      world.stream().ended();
      await clock.advance(8000);
    };
    await says(FINISHED);
    installed = true;
    world.device.start('auto');
    await says('It was a nice day.');
    expect(asked).toEqual(['It was a nice day.']);
    expect(world.conversation.asked).toEqual([FINISHED, 'It was a nice day.']);
  });

  it.each([
    ['en-US', 1],
    ['zh-CN', 1],
  ])('%s: its model starts with the session: %d', async (language, times) => {
    let prepared = 0;
    const prosody: ProsodyModel = {
      prepare: () => (prepared++, true),
      judge: () => Promise.resolve(undefined),
    };
    world = createWorld({ prosody, language, endpoint: createEndpointPolicy({ patience: 'normal' }) });
    await world.clock.advance(0);
    expect(Math.min(prepared, 1)).toBe(times);
  });
});
