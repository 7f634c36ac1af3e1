import type { ServerMessage } from './server-message.js';

/**
 * In `hands-free`, the microphone is always open and the person can interrupt (realtime). `hold` is push to talk
 * (manual).
 */
export type TalkMode = 'hands-free' | 'hold';

/**
 * `ready` means connected while nobody speaks, only in mode `hold`. In `thinking`, the person has spoken, and the
 * answer has not started.
 */
export type Phase = 'off' | 'connecting' | 'ready' | 'listening' | 'thinking' | 'speaking';

/** Why there is no conversation, or an alert of the server during one. `message` has words for the person. */
export type Trouble =
  | { readonly kind: 'denied' | 'no-microphone' | 'microphone-busy' | 'no-opus' | 'lost' | 'refused' | 'failed' }
  | { readonly kind: 'message'; readonly text: string };

export interface Line {
  readonly key: number;
  readonly who: 'you' | 'chorus';
  readonly text: string;
  /** The emotion of an answer, if the server sent one. Undefined for other lines. */
  readonly emotion?: string;
}

export interface Conversation {
  readonly phase: Phase;
  readonly mode: TalkMode;
  /** True while the button is held down (mode `hold`). */
  readonly held: boolean;
  /** True while the server sends a reply. Its playback may end later. */
  readonly replying: boolean;
  readonly emotion: string | undefined;
  readonly lines: readonly Line[];
  readonly trouble: Trouble | undefined;
  /** True if the last conversation ended without trouble. */
  readonly ended: boolean;
  readonly nextKey: number;
  /** Key of the line that shows the current answer. */
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
  /** The last sample of a reply was played. */
  | { readonly type: 'heard' }
  | { readonly type: 'closed' }
  | { readonly type: 'failed'; readonly trouble: Trouble };

export type Effect =
  /** Open the microphone and the connection, and send the hello. */
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'send'; readonly message: Readonly<Record<string, unknown>> }
  /** Start to send the sound of the microphone. */
  | { readonly type: 'listen' }
  /** Send the rest of the sound, and then say that the utterance is over. */
  | { readonly type: 'finish-utterance' }
  | { readonly type: 'reply-begins' }
  | { readonly type: 'reply-ends' }
  /** Silence the loudspeaker at once. */
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

/** Applies an event to the state, as the firmware does on a device. Has no side effects. */
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
      // If the server is still sending the reply, the sound has only run out for a moment.
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
      // The rest of an answer that the person talked over is dropped.
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
      return { state: { ...state, trouble: { kind: 'message', text: message.message } }, effects: [] };
    default:
      return reply(state, message);
  }
}

function reply(state: Conversation, message: Extract<ServerMessage, { type: 'tts' }>): Step {
  // The button is pressed again, so the rest of the last answer is ignored.
  if (state.held && state.mode === 'hold') return { state, effects: [] };
  switch (message.state) {
    case 'start':
      return {
        state: { ...state, phase: 'speaking', replying: true, answering: undefined },
        effects: [{ type: 'reply-begins' }],
      };
    case 'sentence_start': {
      if (!state.replying) return { state, effects: [] };
      // The server also speaks an alert's text, so the text is not shown a second time.
      const twice = state.trouble?.kind === 'message' && state.trouble.text === message.text;
      return { state: said(twice ? { ...state, trouble: undefined } : state, message.text), effects: [] };
    }
    default:
      // If there was a reply, its last words are still playing. Without one, there is nothing to wait for.
      return state.replying
        ? { state: silenced(state), effects: [{ type: 'reply-ends' }] }
        : { state: state.phase === 'thinking' ? { ...state, phase: resting(state) } : state, effects: [] };
  }
}

function withFace(state: Conversation, emotion: string): Conversation {
  const lines = state.lines.map((line) => (line.key === state.answering ? { ...line, emotion } : line));
  return { ...state, emotion, lines };
}

/** Joins the sentences of one answer into one line. */
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
