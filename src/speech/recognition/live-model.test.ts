import { beforeEach, describe, expect, it } from 'vitest';
import { Cancelled, ChorusError } from '../../core/index.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import type { AsrProvider, AsrSteps } from '../../providers/asr/index.js';
import { type IdleSlot, LiveModel } from './live-model.js';

const SAMPLES_PER_MS = 16;
const never = new AbortController().signal;
const speech = (ms: number, value = 1): Int16Array => new Int16Array(ms * SAMPLES_PER_MS).fill(value);

/** The text is the length in ms of the received audio, with a full stop after the last step. */
class CountingSteps implements AsrSteps {
  sizes: number[] = [];
  closed = false;
  failure: Error | undefined;
  #sum = 0;

  decode(pcm: Int16Array, last: boolean): ReturnType<AsrSteps['decode']> {
    const { failure } = this;
    if (failure) return Promise.reject(failure);
    this.sizes.push(pcm.length / SAMPLES_PER_MS);
    this.#sum += pcm.reduce((sum, sample) => sum + sample, 0) / SAMPLES_PER_MS;
    return Promise.resolve({ text: `${this.#sum}${last ? '.' : ''}`, runMs: 1 });
  }

  close(): void {
    this.closed = true;
  }
}

let steps: CountingSteps;
let clock: FakeClock;
let texts: string[];
let idle: boolean;
let held: (() => void)[];
const inIdleSlot: IdleSlot = async (_, work) => {
  if (!idle) throw new Cancelled('no slot is idle');
  const answer = await work(never);
  await new Promise<void>((resolve) => void held.push(resolve));
  return answer;
};
const release = async (): Promise<void> => {
  for (const free of held.splice(0)) free();
  await settle();
};

function open(): LiveModel {
  const provider = { id: 'counting', openSteps: () => steps } as unknown as AsrProvider;
  return new LiveModel(provider, inIdleSlot, clock, (text) => texts.push(text));
}

beforeEach(() => {
  clock = new FakeClock();
  steps = new CountingSteps();
  texts = [];
  held = [];
  idle = true;
});

describe('a piece that a local model decodes while it is spoken', () => {
  it('is decoded in steps, one at a time, and completed when its text is requested', async () => {
    const live = open();
    for (let frame = 0; frame < 10; frame++) live.push(speech(60));
    await settle();
    // The first step began with 360 ms. The remaining audio waits until the step ends.
    expect(steps.sizes).toEqual([360]);
    expect(live.waitingMs).toBe(240);
    await release();
    expect(texts).toEqual(['360']);
    live.push(speech(60));
    live.push(speech(60));
    await settle();
    await release();
    expect(steps.sizes).toEqual([360, 360]);
    live.push(speech(60));
    expect(await live.textOf(never)).toMatchObject({ text: '780.' });
    expect(steps.sizes).toEqual([360, 360, 60]);
  });

  it('waits for the running step, so that audio stays in order', async () => {
    const live = open();
    live.push(speech(400));
    live.push(speech(100));
    const text = live.textOf(never);
    await settle();
    expect(steps.sizes).toEqual([400]);
    await release();
    expect(await text).toMatchObject({ text: '500.' });
    expect(clock.pending).toBe(0);
  });

  it('has no text if a step hangs; the stream ends, so that the whole piece is decoded', async () => {
    const live = open();
    live.push(speech(400));
    let text: unknown = 'not there';
    void live.textOf(never).then((result) => (text = result));
    await clock.advance(999);
    expect(text).toBe('not there');
    await clock.advance(1);
    expect(text).toBeUndefined();
    expect(steps.closed).toBe(true);
    // The step ends after all, but too late for its text.
    await release();
    expect(texts).toEqual([]);
  });

  it('does not wait for a step that hangs if its text is no longer needed', async () => {
    const live = open();
    live.push(speech(400));
    const abort = new AbortController();
    const text = live.textOf(abort.signal);
    abort.abort(new Cancelled('not wanted'));
    await expect(text).rejects.toThrow('not wanted');
    expect(steps.closed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('loses no audio if no slot is idle, and decodes everything at the end', async () => {
    idle = false;
    const live = open();
    for (let frame = 0; frame < 20; frame++) {
      live.push(speech(60));
      await settle();
    }
    expect(steps.sizes).toEqual([]);
    expect(live.waitingMs).toBe(1200);
    expect(await live.textOf(never)).toMatchObject({ text: '1200.' });
  });

  it('keeps its own copy of the samples', async () => {
    const live = open();
    const pcm = speech(100);
    live.push(pcm);
    pcm.fill(9);
    expect(await live.textOf(never)).toMatchObject({ text: '100.' });
  });

  it.each([
    [
      'a step failed',
      async (live: LiveModel) => {
        steps.failure = new ChorusError('asr.failed', 'the process does not know the stream');
        live.push(speech(400));
        await settle();
        expect(steps.closed).toBe(true);
      },
    ],
    [
      'the last step fails',
      () => {
        steps.failure = new ChorusError('engine.crashed', 'gone');
        return Promise.resolve();
      },
    ],
    ['its text was given before', async (live: LiveModel) => void (await live.textOf(never))],
    ['it was closed', (live: LiveModel) => Promise.resolve(live.close())],
  ])('has no text if %s, so that the whole piece is decoded', async (_, happens) => {
    const live = open();
    live.push(speech(100));
    await happens(live);
    live.push(speech(100));
    expect(await live.textOf(never)).toBeUndefined();
    expect(texts).toEqual([]);
  });

  it('rejects with the reason of a signal that is aborted', async () => {
    const live = open();
    const abort = new AbortController();
    abort.abort(new Cancelled('not wanted'));
    steps.failure = new Cancelled('not wanted');
    await expect(live.textOf(abort.signal)).rejects.toThrow('not wanted');
  });
});
