import type { ServerMessage } from './server-message.js';

/** `hands-free`: the microphone stays open and the voice interrupts (realtime). `hold`: push to talk (manual). */
export type TalkMode = 'hands-free' | 'hold';

/** `ready`: connected, and nobody speaks (hold). `thinking`: something was said, its answer is not heard yet. */
export type Phase = 'off' | 'connecting' | 'ready' | 'listening' | 'thinking' | 'speaking';

/** Why there is no conversation, for the page's words; `told`: the server says it itself. */
export type Trouble =
  | { readonly kind: 'denied' | 'no-microphone' | 'microphone-busy' | 'no-opus' | 'lost' | 'refused' | 'failed' }
  | { readonly kind: 'told'; readonly text: string };

export interface Line {
  readonly key: number;
  readonly who: 'you' | 'chorus';
  readonly text: string;
  /** Face of an answer. */
  readonly emotion?: string;
}

export interface Conversation {
  readonly phase: Phase;
  readonly mode: TalkMode;
  /** The button is pressed (hold). */
  readonly held: boolean;
  /** A reply is being sent; its last word may still have to be heard after that. */
  readonly replying: boolean;
  readonly emotion: string | undefined;
  /** The last of what was said. */
  readonly lines: readonly Line[];
  readonly trouble: Trouble | undefined;
  /** It was there and is over, without trouble. */
  readonly ended: boolean;
  readonly nextKey: number;
  /** The line that the present answer is written into. */
  readonly answering: number | undefined;
}

export type TalkEvent =
  | { readonly type: 'begin'; readonly mode: TalkMode }
  | { readonly type: 'press' }
  | { readonly type: 'release' }
  | { readonly type: 'interrupt' }
  | { readonly type: 'end' }
  /** The server has answered the hello and the microphone runs. */
  | { readonly type: 'opened' }
  | { readonly type: 'message'; readonly message: ServerMessage }
  /** The last sample of a reply was heard. */
  | { readonly type: 'heard' }
  | { readonly type: 'closed' }
  | { readonly type: 'failed'; readonly trouble: Trouble };

export type Effect =
  /** Microphone, connection, hello. */
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'send'; readonly message: Readonly<Record<string, unknown>> }
  /** What the microphone hears goes to the server from now on. */
  | { readonly type: 'listen' }
  /** The rest of it goes out, then it is told that the utterance is over. */
  | { readonly type: 'finish-utterance' }
  | { readonly type: 'reply-begins' }
  | { readonly type: 'reply-ends' }
  /** The loudspeaker is silent at once. */
  | { readonly type: 'hush' };

export interface Step {
  readonly state: Conversation;
  readonly effects: readonly Effect[];
}

const KEPT_LINES = 40;

export const NO_CONVERSATION: Conversation = {
  phase: 'off',
  mode: 'hands-free',
  held: false,
  replying: false,
  emotion: undefined,
  lines: [],
  trouble: undefined,
  ended: false,
  nextKey: 1,
  answering: undefined,
};

/** What follows from an event: the device's side of a conversation, as the firmware has it, for a page. Pure. */
export function step(state: Conversation, event: TalkEvent): Step {
  switch (event.type) {
    case 'begin':
      return state.phase === 'off' ? opening(state, event.mode, false) : { state, effects: [] };
    case 'press':
      return press(state);
    case 'release':
      return release(state);
    case 'opened':
      return opened(state);
    case 'interrupt':
      if (state.phase !== 'speaking' && state.phase !== 'thinking') return { state, effects: [] };
      return { state: { ...silenced(state), phase: resting(state) }, effects: [ABORT, { type: 'hush' }] };
    case 'message':
      return heardFromServer(state, event.message);
    case 'heard':
      // While the reply is still being sent this is only a pause in it.
      return state.phase === 'speaking' && !state.replying
        ? { state: { ...state, phase: resting(state) }, effects: [] }
        : { state, effects: [] };
    case 'end':
      return state.phase === 'off'
        ? { state, effects: [] }
        : { state: { ...off(state), ended: true }, effects: [{ type: 'hush' }, { type: 'close' }] };
    case 'closed':
      return state.phase === 'off'
        ? { state, effects: [] }
        : { state: { ...off(state), ended: true }, effects: [{ type: 'reply-ends' }, { type: 'close' }] };
    default:
      return {
        state: { ...off(state), trouble: event.trouble },
        effects: state.phase === 'off' ? [] : [{ type: 'reply-ends' }, { type: 'close' }],
      };
  }
}

const ABORT: Effect = { type: 'send', message: { type: 'abort' } };

function listenStart(mode: TalkMode): readonly Effect[] {
  return [
    { type: 'send', message: { type: 'listen', state: 'start', mode: mode === 'hold' ? 'manual' : 'realtime' } },
    { type: 'listen' },
  ];
}

/** What it is when nobody speaks. */
function resting(state: Conversation): Phase {
  return state.mode === 'hold' ? 'ready' : 'listening';
}

function off(state: Conversation): Conversation {
  return { ...state, phase: 'off', held: false, replying: false, emotion: undefined, answering: undefined };
}

function silenced(state: Conversation): Conversation {
  return { ...state, replying: false, answering: undefined };
}

function opening(state: Conversation, mode: TalkMode, held: boolean): Step {
  return {
    state: { ...off(state), phase: 'connecting', mode, held, trouble: undefined, ended: false },
    effects: [{ type: 'open' }],
  };
}

function press(state: Conversation): Step {
  switch (state.phase) {
    case 'off':
      return opening(state, 'hold', true);
    case 'connecting':
      return { state: { ...state, held: true }, effects: [] };
    case 'listening':
      return { state, effects: [] };
    default: {
      const interrupts = state.phase !== 'ready';
      return {
        state: { ...silenced(state), phase: 'listening', held: true, trouble: undefined },
        effects: [...(interrupts ? [ABORT, { type: 'hush' } as const] : []), ...listenStart('hold')],
      };
    }
  }
}

function release(state: Conversation): Step {
  if (!state.held) return { state, effects: [] };
  if (state.phase !== 'listening') return { state: { ...state, held: false }, effects: [] };
  return { state: { ...state, held: false, phase: 'thinking' }, effects: [{ type: 'finish-utterance' }] };
}

function opened(state: Conversation): Step {
  if (state.phase !== 'connecting') return { state, effects: [] };
  if (state.mode === 'hold' && !state.held) return { state: { ...state, phase: 'ready' }, effects: [] };
  return { state: { ...state, phase: 'listening' }, effects: listenStart(state.mode) };
}

function heardFromServer(state: Conversation, message: ServerMessage): Step {
  if (state.phase === 'off' || state.phase === 'connecting') return { state, effects: [] };
  switch (message.type) {
    case 'hello':
      return { state, effects: [] };
    case 'stt':
      // Said over the end of an answer: nobody wants to hear the rest of that.
      return {
        state: {
          ...silenced(added(state, { who: 'you', text: message.text })),
          phase: state.held ? state.phase : 'thinking',
          trouble: undefined,
        },
        effects: state.phase === 'speaking' ? [{ type: 'hush' }] : [],
      };
    case 'llm':
      return { state: withFace(state, message.emotion), effects: [] };
    case 'alert':
      return { state: { ...state, trouble: { kind: 'told', text: message.message } }, effects: [] };
    default:
      return reply(state, message);
  }
}

function reply(state: Conversation, message: Extract<ServerMessage, { type: 'tts' }>): Step {
  // The finger is on the button again: what comes of the last answer is not for anybody.
  if (state.held && state.mode === 'hold') return { state, effects: [] };
  switch (message.state) {
    case 'start':
      return {
        state: { ...state, phase: 'speaking', replying: true, answering: undefined },
        effects: [{ type: 'reply-begins' }],
      };
    case 'sentence_start': {
      if (!state.replying) return { state, effects: [] };
      // What an alert showed already is spoken too: it stands there once.
      const twice = state.trouble?.kind === 'told' && state.trouble.text === message.text;
      return { state: said(twice ? { ...state, trouble: undefined } : state, message.text), effects: [] };
    }
    default:
      // Its last words are still to be heard. Nothing was said after all: there is nothing to be waited for.
      return state.replying
        ? { state: silenced(state), effects: [{ type: 'reply-ends' }] }
        : { state: state.phase === 'thinking' ? { ...state, phase: resting(state) } : state, effects: [] };
  }
}

function withFace(state: Conversation, emotion: string): Conversation {
  const lines = state.lines.map((line) => (line.key === state.answering ? { ...line, emotion } : line));
  return { ...state, emotion, lines };
}

/** Sentences of one answer stand in one line. */
function said(state: Conversation, text: string): Conversation {
  const last = state.lines.find((line) => line.key === state.answering);
  if (last === undefined) {
    const next = added(state, { who: 'chorus', text, ...(state.emotion !== undefined && { emotion: state.emotion }) });
    return { ...next, answering: state.nextKey };
  }
  const joint = /[\p{Script=Han}。！？，；：、…]$/u.test(last.text) ? '' : ' ';
  return {
    ...state,
    lines: state.lines.map((line) => (line === last ? { ...line, text: `${line.text}${joint}${text}` } : line)),
  };
}

function added(state: Conversation, line: Omit<Line, 'key'>): Conversation {
  return {
    ...state,
    lines: [...state.lines, { key: state.nextKey, ...line }].slice(-KEPT_LINES),
    nextKey: state.nextKey + 1,
  };
}
