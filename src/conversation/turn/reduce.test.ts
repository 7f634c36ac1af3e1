import { describe, expect, it } from 'vitest';
import type { ListeningEvent, ListenMode } from '../../speech/listening/listening-port.js';
import type { Notice, TurnEffect, TurnEvent } from './events.js';
import { phrase } from '../session/phrases.js';
import { reduce } from './reduce.js';
import { DEFAULT_TURN_RULES, type TurnRules } from './rules.js';
import { initialState, phaseOf, type Phase, type TurnState } from './state.js';

const RULES: TurnRules = {
  ...DEFAULT_TURN_RULES,
  language: 'en-US',
  exitWords: ['bye'],
  wakeWords: ['hi esp'],
  endpoint: { initialSilenceMs: () => 700, requiredSilenceMs: () => 400, ownPauseAfter: () => 0 },
};

const STATS = { packets: 1, bytes: 90, underruns: 0, underrunMs: 0, firstAudioMs: 1, cachedSentences: 0, sentences: 1 };
const pcm = new Int16Array(1);
const start = (mode: ListenMode = 'auto'): TurnEvent => ({ type: 'listen_start', mode });
const heard = (event: ListeningEvent): TurnEvent => ({ type: 'heard', event });
const speech = (turnId = 1): TurnEvent => heard({ type: 'speech_started', turnId, atMs: 300 });
const barge = (turnId: number): TurnEvent => heard({ type: 'barge_in', turnId, atMs: 3500 });
const silent = (atMs: number): TurnEvent => heard({ type: 'still_silent', turnId: 1, atMs });
const PIECE = {
  type: 'piece',
  turnId: 1,
  index: 0,
  revision: 0,
  pcm,
  startMs: 0,
  endMs: 900,
  committed: false,
} as const;
const piece = (turnId = 1, committed = false): TurnEvent => heard({ ...PIECE, turnId, committed });
const ended = (turnId = 1, pieces = 1): TurnEvent =>
  heard({
    type: 'utterance_ended',
    turnId,
    pieces,
    lastRevision: 0,
    reason: 'silence',
    speechEndMs: 900,
    decidedMs: 1500,
  });
const text = (words: string, requestId = 1): TurnEvent => ({
  type: 'recognised',
  requestId,
  recognition: { text: words, asr: 'm', waitMs: 1, runMs: 2, punctuationMeansEnd: true },
});
const noText = (code?: 'asr.failed', requestId = 1): TurnEvent => ({ type: 'recognition_failed', requestId, code });
const say = (words: string, replyId = 1): TurnEvent => ({
  type: 'part',
  replyId,
  part: { type: 'speech', text: words },
});
const voice = (type: 'first_packet' | 'finished' | 'failed', replyId = 1): TurnEvent => ({
  type: 'speaking',
  replyId,
  event:
    type === 'first_packet'
      ? { type, atMs: 0 }
      : type === 'finished'
        ? { type, stats: STATS }
        : { type, code: 'tts.failed', stats: STATS },
});
const end: TurnEvent = { type: 'part', replyId: 1, part: { type: 'end' } };
const timer = (name: Extract<TurnEvent, { type: 'timer' }>['name']): TurnEvent => ({ type: 'timer', name });
const WAITING: TurnEvent = { type: 'part', replyId: 1, part: { type: 'waiting' } };
const SOUNDS: TurnEvent = { type: 'speaking', replyId: 1, event: { type: 'sentence', index: 0, text: 'One moment.' } };
const admitted: TurnEvent = { type: 'admitted' };
const abort: TurnEvent = { type: 'abort' };

/** Events that lead to each phase; a second passes between two events. */
const listening = [start()];
const hearing = [...listening, speech(), admitted];
const recognising = [...hearing, piece(), ended()];
const thinking = [...recognising, text('hello')];
const speaking = [...thinking, say('Hi.'), voice('first_packet')];
const realtime = [
  start('realtime'),
  speech(),
  admitted,
  piece(),
  ended(),
  text('hello'),
  say('Hi.'),
  voice('first_packet'),
];
const closing = [...recognising, text('Bye!')];
/** Used with {@link GUESSING}. */
const prepared = [...hearing, piece(), text('hello')];
const GUESSING: Partial<TurnRules> = { speculative: true };

it('keeps the pieces of an utterance in order when the first is revised', () => {
  const part = (index: number, revision = 0): TurnEvent => heard({ ...PIECE, index, revision });
  const { state } = after([...hearing, part(0), part(1), part(0, 1)]);
  expect(state.ear?.pieces.map(({ index, revision }) => [index, revision])).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

it('counts a pause as the habit of a person only where it was longer than the words made room for', () => {
  const pause = (endMs: number): number => {
    const endpoint = {
      ...RULES.endpoint,
      requiredSilenceMs: () => endMs,
      ownPauseAfter: (knownMs: number, pauseMs?: number) => pauseMs ?? knownMs,
    };
    const goesOn = heard({ type: 'speech_resumed', turnId: 1, atMs: 1 });
    return after([...hearing, piece(), text('hello'), goesOn], { ...RULES, endpoint }).state.ownPauseMs;
  };
  // A second passes between two events: speech goes on 2128 ms after it stopped.
  expect(pause(2000)).toBe(2128);
  expect(pause(2500)).toBe(0);
});

/** The effect as a short text. */
function word(effect: TurnEffect): string {
  switch (effect.type) {
    case 'send':
      return effect.message.type === 'tts' ? `tts ${effect.message.state}` : effect.message.type;
    case 'start_timer':
      return `+${effect.name}`;
    case 'cancel_timer':
      return `-${effect.name}`;
    case 'begin_listening':
      return `listen ${effect.turn.mode}`;
    case 'recognise':
      return effect.deadlineMs === undefined ? 'recognise speculatively' : 'recognise';
    case 'count_speculation':
      return `speculation ${effect.result}`;
    case 'turn_ended':
      return `turn ${effect.record.outcome}`;
    case 'stop_reply':
      return `stop reply${effect.record === undefined ? '' : `, turn ${effect.record.outcome}`}`;
    case 'converse':
      return effect.preparedId === undefined ? 'converse' : 'converse prepared';
    case 'close':
      return `close: ${effect.reason}`;
    default:
      return effect.type.replaceAll('_', ' ');
  }
}

function after(events: readonly TurnEvent[], rules = RULES): { state: TurnState; nowMs: number } {
  let nowMs = 0;
  let { state } = reduce(rules, initialState(0), { type: 'opened' }, 0);
  for (const event of events) {
    nowMs += 1000;
    ({ state } = reduce(rules, state, event, nowMs));
  }
  return { state, nowMs };
}

type Row = readonly [
  name: string,
  given: readonly TurnEvent[],
  event: TurnEvent,
  effects: readonly string[],
  then: Phase,
  rules?: Partial<TurnRules>,
];

const OPEN = ['tts start', 'open reply', '+stalled'];
/** The microphone was open for a person who might continue. */
const CLOSE = ['tts start', 'end listening', 'open reply', '+stalled'];
/** The person who has just ended may continue. */
const WAIT = ['+repair', 'open reply', '+stalled'];
const PHRASE = ['say', 'end reply'];

const ROWS: readonly Row[] = [
  // a tool has ended the conversation
  ['thinking: the end of the conversation waits for the farewell', thinking, end, ['+stalled'], 'closing'],
  [
    'closing: a farewell that was spoken is followed by the close',
    [...thinking, say('Bye.'), end, voice('first_packet'), voice('finished')],
    timer('tail'),
    ['playback over', 'tts stop', '-idle', 'close: answer'],
    'closed',
  ],
  // idle and listening
  ['idle: listen start', [], start(), ['listen auto'], 'listening'],
  ['idle: abort is harmless (53)', [], abort, [], 'idle'],
  ['idle: listen stop is harmless', [], { type: 'listen_stop' }, [], 'idle'],
  ['idle: a wake word alone does nothing (35)', [], { type: 'detect', text: 'Hi, ESP' }, [], 'idle'],
  ['idle: another text waits for a listen start', [], { type: 'detect', text: 'how are you' }, ['+typed'], 'idle'],
  [
    'idle: the listen start shows that it was a wake word',
    [{ type: 'detect', text: 'hello robot' }],
    start(),
    ['-typed', 'listen auto'],
    'listening',
  ],
  [
    'idle: none came, so it is what the user typed',
    [{ type: 'detect', text: 'how are you' }],
    { type: 'timer', name: 'typed' },
    ['request admission', '+admission'],
    'waiting_admission',
  ],
  [
    'idle: typed text is answered with permission to talk',
    [
      { type: 'detect', text: 'how are you' },
      { type: 'timer', name: 'typed' },
    ],
    { type: 'admitted' },
    ['-admission', 'stt', ...OPEN, 'converse', '+filler'],
    'thinking',
  ],
  ['idle: detect alone does nothing (35)', [], { type: 'detect' }, [], 'idle'],
  ['listening: listen start restarts (40)', listening, start(), ['listen auto'], 'listening'],
  ['listening: abort is harmless (53)', listening, abort, [], 'listening'],
  ['listening: speech asks for admission', listening, speech(), ['request admission'], 'listening'],
  ['listening: events of another turn', listening, speech(7), [], 'listening'],
  ['listening: silence', listening, silent(800), [], 'listening'],
  [
    'after a wake word: silence of 400 ms is greeted',
    [{ type: 'detect' }, start()],
    silent(400),
    ['tts start', 'end listening', 'open reply', '+stalled', ...PHRASE],
    'greeting',
  ],
  [
    'after a wake word: nobody is greeted where that is switched off',
    [{ type: 'detect' }, start()],
    silent(400),
    [],
    'listening',
    { greeting: false },
  ],
  [
    'after a wake word: nobody is greeted who holds the button',
    [{ type: 'detect' }, start('manual')],
    silent(400),
    [],
    'listening',
  ],
  [
    'after a wake word and an abort: the next listen start is not that of the wake word',
    [{ type: 'detect' }, abort, start()],
    silent(400),
    [],
    'listening',
  ],
  ['after a wake word: 200 ms are not enough', [{ type: 'detect' }, start()], silent(200), [], 'listening'],
  [
    'after a wake word: nobody who spoke is greeted',
    [{ type: 'detect' }, start(), speech(), admitted],
    silent(400),
    [],
    'listening',
  ],
  ['hearing: a pause is decoded speculatively', hearing, piece(), ['recognise speculatively'], 'listening'],
  ['hearing: no decode before admission', [...listening, speech()], piece(), [], 'listening'],
  ['hearing: what is committed has a deadline', hearing, piece(1, true), ['recognise'], 'listening'],
  [
    'hearing: leave comes after the pause',
    [...listening, speech(), piece()],
    admitted,
    ['recognise speculatively'],
    'listening',
  ],
  ['hearing: words adapt the endpoint', [...hearing, piece()], text('hello'), ['require silence'], 'listening'],
  [
    'hearing: words of a pause are answered in advance, where that is allowed',
    [...hearing, piece()],
    text('hello'),
    ['require silence', 'prepare'],
    'listening',
    GUESSING,
  ],
  [
    'hearing: the same words again are answered once',
    [...hearing, piece(), text('hello'), piece()],
    text('hello', 2),
    ['require silence'],
    'listening',
    GUESSING,
  ],
  [
    'hearing: other words are another question',
    [...hearing, piece(), text('hell'), piece()],
    text('hello', 2),
    ['require silence', 'cancel prepared', 'prepare'],
    'listening',
    GUESSING,
  ],
  [
    'hearing: exit words are not answered in advance',
    [...hearing, piece()],
    text('Bye!'),
    ['require silence'],
    'listening',
    GUESSING,
  ],
  [
    'hearing: no words are not answered in advance',
    [...hearing, piece()],
    text(''),
    ['require silence'],
    'listening',
    GUESSING,
  ],
  [
    'hearing: a committed piece is not answered in advance',
    [...hearing, piece(1, true)],
    text('hello'),
    [],
    'listening',
    GUESSING,
  ],
  [
    'push to talk is not answered in advance',
    [start('manual'), speech(), admitted, piece()],
    text('hello'),
    [],
    'listening',
    GUESSING,
  ],
  [
    'realtime: nothing is answered in advance while an answer is spoken',
    [...realtime, speech(2), piece(2)],
    text('more', 2),
    ['require silence'],
    'speaking',
    GUESSING,
  ],
  [
    'prepared: speech goes on',
    prepared,
    heard({ type: 'speech_resumed', turnId: 1, atMs: 1 }),
    ['cancel prepared', 'speculation wasted', 'require silence'],
    'listening',
    GUESSING,
  ],
  [
    'prepared: it was the question',
    prepared,
    ended(),
    ['+recognition', 'listen auto', 'speculation used', '-recognition', 'stt', ...WAIT, 'converse prepared', '+filler'],
    'thinking',
    GUESSING,
  ],
  [
    'prepared: it was not the question',
    [...prepared, piece(), ended()],
    text('hello there', 2),
    ['speculation used', '-recognition', 'stt', 'cancel prepared', ...CLOSE, 'converse', '+filler'],
    'thinking',
    GUESSING,
  ],
  [
    'prepared: the same words, recognised once more',
    [...prepared, piece(), ended()],
    text('hello', 2),
    ['speculation used', '-recognition', 'stt', ...CLOSE, 'converse prepared', '+filler'],
    'thinking',
    GUESSING,
  ],
  [
    'prepared: it fails; then the answer is made anew',
    [...prepared, { type: 'preparation_failed', preparedId: 1 }],
    ended(),
    ['+recognition', 'listen auto', 'speculation used', '-recognition', 'stt', ...WAIT, 'converse', '+filler'],
    'thinking',
    GUESSING,
  ],
  [
    'prepared: listen start',
    prepared,
    start(),
    ['speculation wasted', 'listen auto', 'cancel prepared', 'release admission'],
    'listening',
    GUESSING,
  ],
  [
    'prepared: the device is gone (58)',
    prepared,
    { type: 'closed' },
    ['cancel prepared', 'speculation wasted', 'end listening', '-idle', 'close: device', 'release admission'],
    'closed',
    GUESSING,
  ],
  [
    'hearing: speech goes on',
    [...hearing, piece()],
    heard({ type: 'speech_resumed', turnId: 1, atMs: 1 }),
    ['cancel recognition', 'speculation wasted'],
    'listening',
  ],
  [
    'hearing: speech goes on after a place to cut',
    [...hearing, piece()],
    heard({ type: 'speech_resumed', turnId: 1, atMs: 1, commits: 0 }),
    ['confirm recognition'],
    'listening',
  ],
  [
    'hearing: the same, and what was dropped is asked for',
    [...hearing, piece(), noText()],
    heard({ type: 'speech_resumed', turnId: 1, atMs: 1, commits: 0 }),
    ['recognise'],
    'listening',
  ],
  ['hearing: no idle slot', [...hearing, piece()], noText(), ['speculation dropped'], 'listening'],
  ['hearing: nothing after all', hearing, ended(1, 0), ['listen auto', 'release admission'], 'listening'],
  [
    'hearing: button released',
    [start('manual'), speech(), admitted],
    { type: 'listen_stop' },
    ['finish listening', '+recognition'],
    'listening',
  ],
  [
    'hearing: listening process lost',
    hearing,
    heard({ type: 'lost', turnId: 1 }),
    ['end listening', ...OPEN, ...PHRASE, 'release admission'],
    'thinking',
  ],
  [
    'listening: nobody hears, nor will soon',
    [start()],
    heard({ type: 'lost', turnId: 1, unavailable: true }),
    ['end listening', ...OPEN, ...PHRASE],
    'closing',
  ],
  [
    'listening: nobody hears, and nobody spoke',
    [start()],
    heard({ type: 'lost', turnId: 1, unavailable: true, silent: true }),
    ['end listening', '-idle', 'close: unavailable'],
    'closed',
  ],
  // an utterance on its way to text
  [
    'end of the utterance, text to come',
    [...hearing, piece()],
    ended(),
    ['confirm recognition', '+recognition', 'listen auto'],
    'recognising',
  ],
  [
    'end of the utterance, text known',
    [...hearing, piece(), text('hello')],
    ended(),
    ['+recognition', 'listen auto', 'speculation used', '-recognition', 'stt', ...WAIT, 'converse', '+filler'],
    'thinking',
  ],
  [
    'end of the utterance, no leave yet',
    [...listening, speech(), piece()],
    ended(),
    ['+recognition', '+admission', 'listen auto'],
    'waiting_admission',
  ],
  [
    'waiting: leave comes',
    [...listening, speech(), piece(), ended()],
    admitted,
    ['-admission', 'recognise'],
    'recognising',
  ],
  [
    'waiting: leave does not come',
    [...listening, speech(), piece(), ended()],
    timer('admission'),
    ['-recognition', 'alert', ...CLOSE, ...PHRASE, 'release admission'],
    'closing',
  ],
  [
    'recognising: the text',
    recognising,
    text('hello'),
    ['speculation used', '-recognition', 'stt', ...CLOSE, 'converse', '+filler'],
    'thinking',
  ],
  [
    'recognising: no words',
    recognising,
    text(''),
    ['speculation used', '-recognition', 'turn empty', 'release admission'],
    'listening',
  ],
  [
    'recognising: exit words',
    recognising,
    text('Bye!'),
    ['speculation used', '-recognition', 'stt', ...CLOSE, ...PHRASE, 'release admission'],
    'closing',
  ],
  ['recognising: speculation was dropped', recognising, noText(), ['speculation dropped', 'recognise'], 'recognising'],
  [
    'recognising: it fails for good',
    [...recognising, noText()],
    noText('asr.failed', 2),
    ['-recognition', ...CLOSE, ...PHRASE, 'release admission'],
    'thinking',
  ],
  ['recognising: a text of another piece', recognising, text('hello', 9), [], 'recognising'],
  [
    'recognising: abort (52)',
    recognising,
    abort,
    ['cancel recognition', 'speculation wasted', '-recognition', 'turn abandoned', 'release admission'],
    'listening',
  ],
  [
    'recognising: listen start (39)',
    recognising,
    start(),
    ['cancel recognition', 'speculation wasted', '-recognition', 'turn abandoned', 'listen auto', 'release admission'],
    'listening',
  ],
  [
    'recognising: never a text',
    recognising,
    timer('recognition'),
    ['cancel recognition', 'speculation wasted', ...CLOSE, ...PHRASE, 'release admission'],
    'thinking',
  ],
  [
    'realtime: the end of an utterance opens the next',
    [start('realtime'), speech(), admitted, piece()],
    ended(),
    ['confirm recognition', '+recognition', 'listen realtime'],
    'recognising',
  ],
  // thinking and speaking
  ['thinking: a chunk', thinking, say('Hi.'), ['+stalled', '-filler', 'say'], 'thinking'],
  ['thinking: a chunk of an old reply', thinking, say('Hi.', 9), [], 'thinking'],
  [
    'thinking: the model ends',
    [...thinking, say('Hi.')],
    { type: 'parts_ended', replyId: 1 },
    ['end reply'],
    'thinking',
  ],
  [
    'thinking: the model fails',
    thinking,
    { type: 'parts_failed', replyId: 1, code: 'llm.timeout' },
    ['say', '-filler', 'end reply'],
    'thinking',
  ],
  ['thinking: too long', thinking, timer('filler'), ['say', '+filler'], 'thinking'],
  ['thinking: a tool takes long', thinking, WAITING, ['+stalled', '-filler', 'say'], 'thinking'],
  ['thinking: a tool takes long after a bridge', [...thinking, WAITING, SOUNDS], WAITING, ['+stalled'], 'thinking'],
  [
    'thinking: abort (51)',
    thinking,
    abort,
    [
      '-filler',
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      'listen auto',
      'release admission',
    ],
    'listening',
  ],
  [
    'thinking: listen start (39)',
    thinking,
    start(),
    [
      '-filler',
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      'listen auto',
      'release admission',
    ],
    'listening',
  ],
  [
    'speaking: click (51)',
    speaking,
    abort,
    [
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      'listen auto',
      'release admission',
    ],
    'listening',
  ],
  [
    'speaking: press to talk (39)',
    speaking,
    start('manual'),
    [
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      'listen manual',
      'release admission',
    ],
    'listening',
  ],
  [
    'speaking: the voice ends',
    speaking,
    voice('finished'),
    ['+stalled', '-stalled', 'remember', 'turn answered', '+tail', 'release admission'],
    'speaking',
  ],
  [
    'speaking: the voice fails',
    speaking,
    voice('failed'),
    ['+stalled', 'cancel converse', 'open reply', '+stalled', ...PHRASE, 'release admission'],
    'thinking',
  ],
  [
    'speaking: the voice hangs',
    speaking,
    timer('stalled'),
    ['cancel converse', 'stop reply, turn failed', 'playback over', 'tts stop', 'listen auto', 'release admission'],
    'listening',
  ],
  [
    'speaking: the tail is played',
    [...speaking, voice('finished')],
    timer('tail'),
    ['playback over', 'tts stop', 'listen auto'],
    'listening',
  ],
  [
    'tail: abort',
    [...speaking, voice('finished')],
    abort,
    ['-tail', 'playback over', 'tts stop', 'listen auto'],
    'listening',
  ],
  [
    'manual: the tail is played',
    [start('manual'), speech(), admitted, piece(), ended(), text('hello'), voice('finished')],
    timer('tail'),
    ['playback over', 'tts stop'],
    'idle',
  ],
  ["realtime: the user's own voice (54a)", realtime, barge(2), ['hold reply', '+interruption'], 'speaking'],
  [
    'realtime: the user has something to say (54a)',
    [...realtime, barge(2)],
    timer('interruption'),
    [
      'count barge in',
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      'tts start',
      '+stop_gap',
    ],
    'listening',
  ],
  [
    'realtime: it was a sound (54a)',
    [...realtime, barge(2)],
    ended(2, 0),
    ['listen realtime', '-interruption', 'go on', 'count barge in'],
    'speaking',
  ],
  [
    'realtime: the tail is played, the ear is open already',
    [...realtime, voice('finished')],
    timer('tail'),
    ['playback over', 'tts stop'],
    'listening',
  ],
  // the end
  [
    'closing: the farewell is spoken',
    [...closing, voice('finished')],
    timer('tail'),
    ['playback over', 'tts stop', '-idle', 'close: farewell'],
    'closed',
  ],
  [
    'closing: a farewell whose voice hangs closes all the same',
    closing,
    timer('stalled'),
    ['stop reply, turn failed', 'playback over', 'tts stop', '-idle', 'close: stalled'],
    'closed',
  ],
  [
    'closing: abort hangs up',
    closing,
    abort,
    ['-stalled', 'stop reply, turn interrupted', 'playback over', 'tts stop', '-idle', 'close: farewell'],
    'closed',
  ],
  [
    'closing: listen start keeps the conversation',
    closing,
    start(),
    ['-stalled', 'stop reply, turn interrupted', 'playback over', 'tts stop', 'listen auto'],
    'listening',
  ],
  ['not idle for long enough', speaking, timer('idle'), ['+idle'], 'speaking'],
  ['drain: nobody listens', [start('manual'), abort], { type: 'drain' }, ['+drain'], 'listening'],
  ['drain: idle', [], { type: 'drain' }, ['-idle', 'close: draining'], 'closed'],
  ['drain: new speech is still heard', listening, { type: 'drain' }, ['+drain'], 'listening'],
  [
    'drain: nobody began',
    [...listening, { type: 'drain' }],
    timer('drain'),
    ['end listening', '-idle', 'close: draining'],
    'closed',
  ],
  ['drain: somebody speaks', [...hearing, { type: 'drain' }], timer('drain'), ['+drain'], 'listening'],
  [
    'drain: and never ends',
    [...hearing, { type: 'drain' }, timer('drain')],
    timer('drain'),
    ['end listening', '-idle', 'close: draining', 'release admission'],
    'closed',
  ],
  [
    'drain: it was noise',
    [...hearing, { type: 'drain' }, timer('drain')],
    ended(1, 0),
    ['listen auto', 'end listening', '-idle', '-drain', 'close: draining', 'release admission'],
    'closed',
  ],
  ['drain: an answer is finished', speaking, { type: 'drain' }, [], 'speaking'],
  [
    'drain: then it closes',
    [...speaking, { type: 'drain' }, voice('finished')],
    timer('tail'),
    ['playback over', 'tts stop', 'listen auto', 'end listening', '-idle', 'close: draining'],
    'closed',
  ],
  [
    'the device is gone while speaking (58)',
    speaking,
    { type: 'closed' },
    [
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      '-idle',
      'close: device',
      'release admission',
    ],
    'closed',
  ],
  [
    'the device is gone while recognising (58)',
    recognising,
    { type: 'closed' },
    [
      'cancel recognition',
      'speculation wasted',
      '-recognition',
      'turn abandoned',
      'end listening',
      '-idle',
      'close: device',
      'release admission',
    ],
    'closed',
  ],
  ['a timer that does not run any more', hearing, timer('recognition'), [], 'listening'],
  [
    'drain: the button or the wake word opens no microphone',
    [...speaking, { type: 'drain' }],
    start(),
    [
      '-stalled',
      'cancel converse',
      'stop reply, turn interrupted',
      'playback over',
      'tts stop',
      '-idle',
      'close: draining',
      'release admission',
    ],
    'closed',
  ],
  [
    'hearing: one of two pieces is heard better',
    [...hearing, piece(), heard({ ...PIECE, index: 1 })],
    heard({ ...PIECE, revision: 1 }),
    ['cancel recognition', 'speculation wasted', 'recognise speculatively'],
    'listening',
  ],
  [
    'thinking: the person can no longer continue',
    thinking,
    timer('repair'),
    ['tts start', 'end listening', 'begin reply'],
    'thinking',
    { repairMs: 60_000 },
  ],
  [
    'realtime: what was said over the answer is awaited, and the answer held',
    [...realtime, barge(2), piece(2)],
    ended(2),
    ['confirm recognition', '+recognition', 'listen realtime'],
    'speaking',
  ],
  ['listening: admission that was refused after it came', hearing, { type: 'not_admitted' }, [], 'listening'],
  [
    'hearing: button released twice',
    [start('manual'), speech(), admitted, { type: 'listen_stop' }],
    { type: 'listen_stop' },
    [],
    'listening',
  ],
  [
    'hearing: a piece is heard better',
    [...hearing, piece()],
    heard({ ...PIECE, revision: 1 }),
    ['cancel recognition', 'speculation wasted', 'recognise speculatively'],
    'listening',
  ],
  [
    'hearing: speech goes on after a committed piece and one that was not',
    [...hearing, piece(1, true), heard({ ...PIECE, index: 1 })],
    heard({ type: 'speech_resumed', turnId: 1, atMs: 1 }),
    ['cancel recognition', 'speculation wasted'],
    'listening',
  ],
  [
    'realtime: the gap between start and stop is over',
    [...realtime, barge(2), timer('interruption')],
    timer('stop_gap'),
    ['tts stop'],
    'listening',
  ],
  [
    'realtime: goodbye was said, and what was said meanwhile is dropped',
    [
      start('realtime'),
      speech(),
      admitted,
      piece(),
      ended(),
      text('Bye!'),
      speech(2),
      admitted,
      piece(2),
      ended(2),
      voice('finished'),
    ],
    timer('tail'),
    [
      'playback over',
      'tts stop',
      'end listening',
      '-idle',
      '-recognition',
      'close: farewell',
      'cancel recognition',
      'speculation wasted',
      'release admission',
    ],
    'closed',
  ],
  [
    'an answer that waits for its text begins once nobody can be heard any more',
    thinking,
    heard({ type: 'lost', turnId: 2, unavailable: true }),
    ['end listening', '-repair', 'tts start', 'begin reply'],
    'thinking',
    { repairMs: 60_000 },
  ],
  ['after the end nothing has any effect', [{ type: 'closed' }], start(), [], 'closed'],
];

describe('the table of states and events', () => {
  const cases = ROWS.map(
    ([name, given, event, effects, then, changes]) =>
      [name, given, event, effects, then, { ...RULES, ...changes }] as const,
  );
  it.each(cases)('%s', (_name, given, event, effects, then, rules) => {
    const { state, nowMs } = after(given, rules);
    const result = reduce(rules, state, event, nowMs + 1000);
    expect(result.effects.map(word)).toEqual(effects);
    expect(phaseOf(result.state)).toBe(then);
  });

  it('waits for admission no longer than 3 s from the last word on', () => {
    const { state, nowMs } = after([...listening, speech(), piece()]);
    // The utterance is over 600 ms after its last word.
    expect(reduce(RULES, state, ended(), nowMs).effects).toContainEqual({
      type: 'start_timer',
      name: 'admission',
      delayMs: RULES.admissionWaitMs - 600,
    });
  });

  it('sets the deadline of the text by the end of the utterance, however late admission comes', () => {
    const { state, nowMs } = after([...listening, speech(), piece(), ended()]);
    expect(reduce(RULES, state, admitted, nowMs + 2000).effects).toContainEqual({
      type: 'recognise',
      requestId: 1,
      pcm,
      deadlineMs: nowMs + RULES.transcriptTargetMs,
    });
  });

  it('changes nothing in the state it was given', () => {
    const { state, nowMs } = after(thinking);
    const before = structuredClone(state);
    reduce(RULES, state, say('Hi.'), nowMs);
    reduce(RULES, state, abort, nowMs);
    expect(state).toEqual(before);
  });
});

/** The state after events at these times (ms). */
function timeline(events: readonly (readonly [atMs: number, event: TurnEvent])[], rules = RULES): TurnState {
  let { state } = reduce(rules, initialState(0), { type: 'opened' }, 0);
  for (const [atMs, event] of events) ({ state } = reduce(rules, state, event, atMs));
  return state;
}
const idleAt = (state: TurnState, atMs: number) => reduce(RULES, state, timer('idle'), atMs).effects;
const words = (effects: readonly TurnEffect[]) => effects.map(word);
const said = (effects: readonly TurnEffect[]) =>
  effects.flatMap((effect) => (effect.type === 'say' ? [effect.text] : []));

describe('a silent session', () => {
  const idle = (delayMs: number) => ({ type: 'start_timer', name: 'idle', delayMs });
  /** Says its farewell after 61 s, which is over at 63 s. */
  const FAREWELL = [
    [1000, start()],
    [61_000, timer('idle')],
    [62_000, voice('finished')],
    [63_000, timer('tail')],
  ] as const;

  it('is looked after from its opening on', () => {
    expect(reduce(RULES, initialState(0), { type: 'opened' }, 0).effects).toEqual([idle(60_000)]);
  });

  it('says goodbye 60 s after the last sign of its user, not before, and hangs up 10 s later', () => {
    const state = timeline([[1000, start()]]);
    expect(idleAt(state, 60_999)).toEqual([idle(1)]);
    expect(idleAt(state, 61_000)).toContainEqual(idle(10_000));
    expect(said(idleAt(state, 61_000))).toEqual([phrase('en-US', 'farewell')]);
    const over = timeline(FAREWELL);
    expect(idleAt(over, 70_999)).toEqual([idle(1)]);
    expect(words(idleAt(over, 71_000))).toContain('close: idle');
  });

  it('counts the silence from the end of what it said last', () => {
    const talk = [...speaking, voice('finished')].map((event, second) => [(second + 1) * 1000, event] as const);
    const state = timeline([...talk, [50_000, timer('tail')]]);
    expect(idleAt(state, 109_999)).toEqual([idle(1)]);
    expect(said(idleAt(state, 110_000))).toHaveLength(1);
  });

  it('is not kept by a device that listens by itself after the farewell, but by its user', () => {
    const later = (...events: readonly TurnEvent[]) =>
      words(idleAt(timeline([...FAREWELL, ...events.map((event) => [64_000, event] as const)]), 71_000));
    expect(later(start())).toContain('close: idle');
    expect(later(start('realtime'))).toContain('close: idle');
    expect(later(start('manual'))).toEqual(['+idle']);
    expect(later({ type: 'detect' }, start())).toEqual(['+idle']);
    // The user presses the button while the farewell is being spoken.
    expect(said(idleAt(timeline([...FAREWELL.slice(0, 2), [62_000, start()]]), 122_000))).toHaveLength(1);
  });

  it('is not kept by an abort of nothing, but by that of a question', () => {
    expect(
      said(
        idleAt(
          timeline([
            [1000, start()],
            [30_000, abort],
          ]),
          61_000,
        ),
      ),
    ).toHaveLength(1);
    const asked = recognising.map((event, second) => [(second + 1) * 1000, event] as const);
    expect(idleAt(timeline([...asked, [30_000, abort]]), 61_000)).toEqual([idle(29_000)]);
  });

  it('is looked at again 10 s later while it speaks', () => {
    const { state } = after(speaking);
    for (const atMs of [state.quietSinceMs + 60_000, 300_000]) expect(idleAt(state, atMs)).toEqual([idle(10_000)]);
  });

  it('says no goodbye to a device that never listened', () => {
    expect(idleAt(timeline([]), 60_000)).toEqual([idle(10_000)]);
  });

  it('waits six times for sounds that are no words, shows a face meanwhile, and then says goodbye', () => {
    for (const sounds of [hearing, recognising]) {
      let { state } = after(sounds);
      for (let times = 0; times < 6; times++) {
        const { effects, state: next } = reduce(RULES, state, timer('idle'), 100_000);
        expect(effects).toEqual([{ type: 'send', message: { type: 'llm', emotion: 'neutral' } }, idle(10_000)]);
        state = next;
      }
      const effects = idleAt(state, 100_000);
      expect(said(effects)).toEqual([phrase('en-US', 'farewell')]);
      expect(words(effects).includes('turn abandoned')).toBe(sounds === recognising);
      // A sign of its user, and it is as patient as before.
      state = reduce(RULES, state, start(), 100_000).state;
      state = reduce(RULES, state, speech(state.ear?.turnId), 101_000).state;
      expect(words(idleAt(state, 200_000))).toEqual(['llm', '+idle']);
    }
  });
});

describe('what is heard', () => {
  it('began when the speech in it did, never in the future, and once', () => {
    const onset = (...atMs: readonly number[]) =>
      timeline([
        [1000, start()],
        ...atMs.map((at) => [2000, heard({ type: 'speech_started', turnId: 1, atMs: at })] as const),
      ]).ear?.onsetMs;
    expect(onset(300)).toBe(1300);
    expect(onset(5000)).toBe(2000);
    expect(onset(300, 700)).toBe(1300);
  });

  it('teaches how long this person pauses beyond the wait in force', () => {
    const resumed = heard({ type: 'speech_resumed', turnId: 1, atMs: 1 });
    /** The pauses that the policy is told, if the person goes on at this time. */
    const pauses = (resumedMs: number, ...words: readonly TurnEvent[]) => {
      const told: (number | undefined)[] = [];
      const ownPauseAfter = (known: number, pauseMs: number | undefined): number => {
        told.push(pauseMs);
        return known;
      };
      timeline(
        [
          [1000, start()],
          [2000, speech()],
          [2100, admitted],
          [2200, resumed],
          [3000, piece()],
          ...words.map((event) => [3050, event] as const),
          [resumedMs, resumed],
        ],
        { ...RULES, endpoint: { ...RULES.endpoint, ownPauseAfter } },
      );
      return told;
    };
    expect(pauses(3700, text('hello'))).toEqual([700 + RULES.pieceSilenceMs]);
    // A wait of 400 ms is over 272 ms after the piece was heard.
    expect(pauses(3272, text('hello'))).toEqual([]);
    // Where no words are known, the wait of the beginning counts: 700 ms.
    expect(pauses(3573)).toEqual([701]);
    expect(pauses(3572)).toEqual([]);
  });

  it('is awaited for 20 s once the button is released; then an apology follows', () => {
    const { state, nowMs } = after([start('manual'), speech(), admitted]);
    const stopped = reduce(RULES, state, { type: 'listen_stop' }, nowMs);
    expect(stopped.effects).toContainEqual({ type: 'start_timer', name: 'recognition', delayMs: 20_000 });
    const { effects } = reduce(RULES, stopped.state, timer('recognition'), nowMs + 20_000);
    expect(said(effects)).toEqual([phrase('en-US', 'asr_failed')]);
    const lost = reduce(RULES, state, heard({ type: 'lost', turnId: 1 }), nowMs);
    expect(said(lost.effects)).toEqual([phrase('en-US', 'internal')]);
  });

  it('too late for its text is recorded as such', () => {
    const { state, nowMs } = after(recognising);
    const failed = reduce(RULES, state, timer('recognition'), nowMs);
    expect(failed.state.reply?.error).toBe('asr.timeout');
  });
});

describe('a wake word with nothing after it', () => {
  const tea: Notice = { id: 'a', chunks: ['Tea.'], urgent: false };

  it('is answered with what the server has to say, if there is something', () => {
    const { state, nowMs } = after([{ type: 'detect' }, start(), { type: 'notice', notice: tea }]);
    expect(said(reduce(RULES, state, silent(400), nowMs).effects)).toEqual(['Tea.']);
  });

  it('is greeted', () => {
    const { state, nowMs } = after([{ type: 'detect' }, start()]);
    expect(said(reduce(RULES, state, silent(400), nowMs).effects)).toEqual([phrase('en-US', 'greeting')]);
  });

  it('is over after its silence: what the server has to say later does not wait for more of it', () => {
    const rules = { ...RULES, greeting: false };
    const { state, nowMs } = after([{ type: 'detect' }, start(), silent(400)], rules);
    expect(said(reduce(rules, state, { type: 'notice', notice: tea }, nowMs + 2000).effects)).toEqual(['Tea.']);
  });

  it('is greeted once, also where the microphone stays open', () => {
    const { state, nowMs } = after([
      { type: 'detect' },
      start('realtime'),
      silent(400),
      voice('finished'),
      timer('tail'),
    ]);
    expect(reduce(RULES, state, silent(800), nowMs).effects).toEqual([]);
  });
});
