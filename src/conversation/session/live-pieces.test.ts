import { describe, expect, it } from 'vitest';
import type { ListeningEvent } from '../../speech/listening/listening-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import { LivePieces, type PartialText } from './live-pieces.js';

function world() {
  const log: string[] = [];
  let opened = 0;
  const recognizer: Recognizer = {
    takesLive: () => true,
    live: () => {
      const id = ++opened;
      return {
        push: (pcm) => log.push(`${id}: ${pcm.length}`),
        end: () => log.push(`${id}: end`),
        close: () => log.push(`${id}: close`),
      };
    },
    recognize: () => Promise.reject(new Error('not asked')),
    speculated: () => undefined,
  };
  return { log, pieces: new LivePieces(recognizer, { deviceId: 'd', language: 'zh-CN' }) };
}

const turnOf = (turnId: number) => ({ turnId, mode: 'auto', endpointSilenceMs: 700 }) as const;
const audio = (turnId: number, index: number): ListeningEvent => ({
  type: 'audio',
  turnId,
  index,
  pcm: new Int16Array(1_600),
});
const piece = (turnId: number, index: number, committed = false) =>
  ({
    type: 'piece',
    turnId,
    index,
    revision: 0,
    pcm: new Int16Array(3_200),
    startMs: 0,
    endMs: 200,
    committed,
  }) as const;

describe('the text of a turn that is still being spoken', () => {
  const shownBy = (language: string) => {
    const shown: string[] = [];
    const heard: ((text: string) => void)[] = [];
    const recognizer: Recognizer = {
      takesLive: () => true,
      live: ({ onText }) => {
        if (onText) heard.push(onText);
        return { push: () => undefined, end: () => undefined, close: () => undefined };
      },
      recognize: () => Promise.reject(new Error('not asked')),
      speculated: () => undefined,
    };
    const pieces = new LivePieces(recognizer, { deviceId: 'd', language }, { onSubtitle: (text) => shown.push(text) });
    pieces.turn(turnOf(1));
    pieces.heard(audio(1, 0));
    return { shown, heard, pieces };
  };

  it('is the joined text of all pieces, and is reported only when it changes', () => {
    const { shown, heard, pieces } = shownBy('en-US');
    for (const text of ['', 'turn on', 'turn on', 'turn on the']) heard[0]?.(text);
    pieces.heard(audio(1, 1));
    heard[1]?.('light');
    expect(shown).toEqual(['turn on', 'turn on the', 'turn on the light']);
  });

  it('has no spaces in Chinese, even if a later piece is recognised first', () => {
    const { shown, heard, pieces } = shownBy('zh-CN');
    pieces.heard(audio(1, 1));
    heard[1]?.('的灯');
    heard[0]?.('打开客厅');
    expect(shown).toEqual(['的灯', '打开客厅的灯']);
  });

  it('is not reported after the end of the turn, or for an earlier turn', () => {
    const { shown, heard, pieces } = shownBy('en-US');
    pieces.end();
    heard[0]?.('too late');
    pieces.turn(turnOf(2));
    heard[0]?.('an earlier turn');
    expect(shown).toEqual([]);
  });
});

it('reports the text of each piece while it is spoken, even unchanged, and whether punctuation means the end', () => {
  const partials: PartialText[] = [];
  const heard: ((text: string) => void)[] = [];
  const recognizer: Recognizer = {
    takesLive: () => true,
    live: ({ onText }) => {
      if (onText) heard.push(onText);
      const marks = heard.length === 1 ? { punctuationMeansEnd: true } : {};
      return { ...marks, push: () => undefined, end: () => undefined, close: () => undefined };
    },
    recognize: () => Promise.reject(new Error('not asked')),
    speculated: () => undefined,
  };
  const identity = { deviceId: 'd', language: 'en-US' };
  const pieces = new LivePieces(recognizer, identity, { onPartial: (partial) => partials.push(partial) });
  pieces.turn(turnOf(1));
  pieces.heard(audio(1, 0));
  pieces.heard(audio(1, 1));
  heard[0]?.('turn on.');
  heard[0]?.('turn on.');
  heard[1]?.('the light');
  pieces.turn(turnOf(2));
  heard[1]?.('the light of an earlier turn');
  const first = { turnId: 1, index: 0, text: 'turn on.', punctuationMeansEnd: true };
  expect(partials).toEqual([first, first, { turnId: 1, index: 1, text: 'the light', punctuationMeansEnd: false }]);
});

describe('streams of pieces', () => {
  it('each belong to one piece, and end when that piece is final', () => {
    const { log, pieces } = world();
    pieces.turn(turnOf(1));
    pieces.heard(audio(1, 0));
    const first = piece(1, 0);
    pieces.heard(first);
    expect(pieces.of(first.pcm)).toBeDefined();
    expect(pieces.of(new Int16Array(1))).toBeUndefined();
    pieces.heard({ type: 'speech_resumed', turnId: 1, atMs: 0 });
    pieces.heard(audio(1, 0));
    pieces.heard({ type: 'speech_resumed', turnId: 1, atMs: 0, commits: 0 });
    pieces.heard(audio(1, 1));
    pieces.heard(piece(1, 1, true));
    expect(log).toEqual(['1: 1600', '1: 1600', '1: end', '2: 1600', '2: end']);
  });

  it('are kept for one turn after their last audio, and closed at the end', () => {
    const { log, pieces } = world();
    for (const turnId of [1, 2, 3]) {
      pieces.turn(turnOf(turnId));
      pieces.heard(audio(turnId, 0));
    }
    expect(log.filter((line) => line.includes('close'))).toEqual(['1: close']);
    pieces.close();
    expect(log.filter((line) => line.includes('close'))).toEqual(['1: close', '2: close', '3: close']);
  });

  it('start again if another process takes over the turn', () => {
    const { log, pieces } = world();
    pieces.turn(turnOf(1));
    pieces.heard({ type: 'speech_started', turnId: 1, atMs: 0 });
    pieces.heard(audio(1, 0));
    pieces.heard({ type: 'speech_started', turnId: 1, atMs: 0 });
    pieces.heard(audio(1, 0));
    expect(log).toEqual(['1: 1600', '1: close', '2: 1600']);
  });
});
