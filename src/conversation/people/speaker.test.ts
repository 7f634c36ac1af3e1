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

/** The requests to the service, in the order of the utterances. The test answers them. */
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
  it('is known for an utterance, but not for the next one before its own result has come', async () => {
    speaker.heard(piece(1));
    answers[0]?.resolve('Anna');
    expect(await speaker.certain(never)).toBe('Anna');
    speaker.heard(piece(2));
    expect([speaker.personIn([1]), speaker.personIn([2])]).toEqual(['Anna', undefined]);
    answers[1]?.resolve(undefined);
    expect(await speaker.certain(never)).toBeUndefined();
    expect(speaker.personIn([1])).toBe('Anna');
  });

  it('is one person for a turn with several utterances, and nobody if two people spoke', async () => {
    for (const turnId of [1, 2, 3, 4]) speaker.heard(piece(turnId));
    for (const [index, name] of ['Anna', 'Anna', 'Ben', undefined].entries()) answers[index]?.resolve(name);
    await settle();
    // Turn 9 was too short to identify anybody.
    expect([[1, 2, 9], [1, 3], [3, 4], [9], []].map((turns) => speaker.personIn(turns))).toEqual([
      'Anna',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is forgotten after some utterances', async () => {
    for (let turnId = 1; turnId <= 17; turnId++) {
      speaker.heard(piece(turnId));
      answers.at(-1)?.resolve('Anna');
      await settle();
    }
    expect([1, 2, 17].map((turnId) => speaker.personIn([turnId]))).toEqual([undefined, 'Anna', 'Anna']);
  });

  it('is nobody for an utterance that is too short, whoever spoke before', async () => {
    speaker.heard(piece(1));
    answers[0]?.resolve('Anna');
    await settle();
    speaker.heard({ ...piece(2), pcm: new Int16Array(1600) } as ListeningEvent);
    expect(speaker.turnId).toBe(2);
    expect(await speaker.certain(never)).toBeUndefined();
  });

  it('is never changed by the late result of an earlier utterance', async () => {
    speaker.heard(piece(1));
    speaker.heard(piece(2));
    answers[1]?.resolve('Anna');
    expect(await speaker.certain(never)).toBe('Anna');
    answers[0]?.resolve('Ben');
    await settle();
    expect(await speaker.certain(never)).toBe('Anna');
    expect(speaker.personIn([1])).toBe('Ben');
  });

  it('is not forgotten if the check of an earlier utterance fails late', async () => {
    speaker.heard(piece(1));
    speaker.heard(piece(2));
    answers[1]?.resolve('Anna');
    answers[0]?.reject(new Error('gone'));
    await settle();
    expect(await speaker.certain(never)).toBe('Anna');
  });

  it('is nobody for an agent that must be certain if the newest check has failed', async () => {
    speaker.heard(piece(1));
    speaker.heard(piece(2));
    answers[0]?.resolve('Ben');
    answers[1]?.reject(new Error('gone'));
    await settle();
    expect(await speaker.certain(never)).toBeUndefined();
  });
});
