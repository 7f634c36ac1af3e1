import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../core/index.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import { Speaker } from './speaker.js';

const never = new AbortController().signal;
const piece = (turnId: number): ListeningEvent => ({
  type: 'piece',
  turnId,
  index: 0,
  revision: 0,
  pcm: new Int16Array(1600 * 10),
  startMs: 0,
  endMs: 1000,
  committed: false,
});

/** Answers of the service, by utterance, in the order of the requests. */
let answers: { resolve(name: string | undefined): void; reject(error: Error): void }[];
let speaker: Speaker;
beforeEach(() => {
  answers = [];
  speaker = new Speaker({
    identify: () => new Promise((resolve, reject) => void answers.push({ resolve, reject })),
    fork: (work) => void work(never),
    clock: new FakeClock(),
    log: silentLogger,
  });
});

describe('who speaks', () => {
  it('is known for the utterance, and stays the name until somebody else speaks', async () => {
    speaker.heard(piece(1));
    answers[0]?.resolve('Anna');
    expect(await speaker.certain(never)).toBe('Anna');
    speaker.heard(piece(2));
    expect([speaker.name, speaker.current]).toEqual(['Anna', undefined]);
    answers[1]?.resolve(undefined);
    expect(await speaker.certain(never)).toBeUndefined();
    expect(speaker.name).toBeUndefined();
  });

  it('is nobody for an utterance that is too short, whoever spoke before', async () => {
    speaker.heard(piece(1));
    answers[0]?.resolve('Anna');
    await settle();
    expect(speaker.current).toBe('Anna');
    speaker.heard({ ...piece(2), pcm: new Int16Array(1600) } as ListeningEvent);
    expect(speaker.current).toBeUndefined();
  });

  it('is never changed by the late result of an earlier utterance', async () => {
    speaker.heard(piece(1));
    speaker.heard(piece(2));
    answers[1]?.resolve('Anna');
    expect(await speaker.certain(never)).toBe('Anna');
    answers[0]?.resolve('Ben');
    await settle();
    expect(await speaker.certain(never)).toBe('Anna');
    expect(speaker.name).toBe('Anna');
  });

  it('is not forgotten when the check of an earlier utterance fails late', async () => {
    speaker.heard(piece(1));
    speaker.heard(piece(2));
    answers[1]?.resolve('Anna');
    answers[0]?.reject(new Error('gone'));
    await settle();
    expect(await speaker.certain(never)).toBe('Anna');
  });

  it('is nobody for an agent that must be certain if only an earlier result exists', async () => {
    speaker.heard(piece(1));
    speaker.heard(piece(2));
    answers[0]?.resolve('Ben');
    answers[1]?.reject(new Error('gone'));
    await settle();
    expect(await speaker.certain(never)).toBeUndefined();
  });
});
