import { beforeAll, describe, expect, it } from 'vitest';
import { scriptedTts, type TtsScript } from '../../../test/fakes/scripted-tts.js';
import { createSpeakingWorld, FAIL, loadMp3 } from '../../../test/fakes/speaking-world.js';

beforeAll(loadMp3);

const PIECES = ['The weather in ', 'Paris is fine ', 'today.'] as const;
const WHOLE = PIECES.join('');

const world = (streaming: TtsScript, other: TtsScript = {}) =>
  createSpeakingWorld((clock) => [
    scriptedTts('streams', clock, [streaming], { streams: true }),
    scriptedTts('whole', clock, [other]),
  ]);
const spoken = (events: readonly { readonly type: string; readonly text?: string }[]) =>
  events.flatMap(({ type, text }) => (type === 'sentence' ? [text] : []));

describe('a sentence that is spoken while it is written', () => {
  it('is played from its first piece on, and shown when it is complete', async () => {
    const { clock, talk, providers, speaking, expectNothingLeft } = world({ firstMs: 200 });
    expect(speaking.takesPieces({ deviceId: 'd', language: 'en-US', voice: undefined })).toBe(true);
    expect(speaking.takesPieces({ deviceId: 'd', language: 'en-US', voice: 'whole:x' })).toBe(false);
    const { reply, events, sent, marks } = talk();
    reply.write(PIECES[0], false);
    await clock.advance(500);
    expect(sent.length).toBeGreaterThan(0);
    expect(spoken(events)).toEqual([]);
    reply.write(PIECES[1], false);
    await clock.advance(2_000);
    reply.write(PIECES[2], true);
    expect(spoken(events)).toEqual([WHOLE]);
    reply.write('And one more.', true);
    reply.end();
    await clock.advance(10_000);
    expect(spoken(events)).toEqual([WHOLE, 'And one more.']);
    expect(providers[0]?.written).toEqual([[...PIECES]]);
    expect(providers[0]?.requests.map(({ text }) => text)).toEqual(['', 'And one more.']);
    expect(marks.at(-1)).toBe('finished');
    await expectNothingLeft();
  });

  it('is cut off by a barge-in: the voice is told, and only the part that was heard is kept', async () => {
    const { clock, talk, providers, expectNothingLeft } = world({ firstMs: 100, pieceMs: 20 });
    const { reply, events, sent } = talk();
    reply.write(PIECES[0], false);
    await clock.advance(900);
    const heard = reply.stop();
    const packets = sent.length;
    expect(WHOLE.startsWith(heard.text)).toBe(true);
    expect(heard.text).not.toBe('');
    expect(providers[0]?.signals.map(({ aborted }) => aborted)).toEqual([true]);
    reply.write(PIECES[1], true);
    await clock.advance(5_000);
    expect(sent.length).toBe(packets);
    expect(spoken(events)).toEqual([]);
    await expectNothingLeft();
  });

  it.each<[string, TtsScript]>([
    ['is refused', { error: FAIL }],
    ['breaks off before a sound', { breakAfter: 0 }],
    ['is silent after the end of the text', { firstMs: Infinity }],
  ])('is spoken as a whole by the next voice if the first %s', async (_, streaming) => {
    const { clock, talk, providers, expectNothingLeft } = world(streaming);
    const { reply, events } = talk();
    for (const [index, piece] of PIECES.entries()) {
      reply.write(piece, index === PIECES.length - 1);
      await clock.advance(6_000);
    }
    reply.end();
    await clock.advance(20_000);
    expect(events.at(-1)?.type).toBe('finished');
    expect(spoken(events)).toEqual([WHOLE]);
    expect(providers[1]?.requests.map(({ text }) => text)).toEqual([WHOLE]);
    await expectNothingLeft();
  });

  it('has no time limit while the model writes it', async () => {
    const { clock, talk, providers, expectNothingLeft } = world({ firstMs: 100 });
    const { reply, events } = talk();
    for (const [index, piece] of PIECES.entries()) {
      reply.write(piece, index === PIECES.length - 1);
      await clock.advance(15_000);
    }
    reply.end();
    await clock.advance(10_000);
    expect(events.at(-1)).toMatchObject({ type: 'finished', stats: { sentences: 1 } });
    expect(providers[1]?.requests).toEqual([]);
    await expectNothingLeft();
  });

  it('ends when any other text is queued', async () => {
    const { clock, talk, expectNothingLeft } = world({ firstMs: 100 });
    const { reply, events } = talk();
    reply.write(PIECES[0], false);
    await clock.advance(300);
    reply.say('Sorry, something went wrong.');
    reply.end();
    await clock.advance(10_000);
    expect(spoken(events)).toEqual(['The weather in', 'Sorry, something went wrong.']);
    await expectNothingLeft();
  });
});
