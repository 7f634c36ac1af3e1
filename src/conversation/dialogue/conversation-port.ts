import type { Certainty, ModelSpeech } from '../../providers/llm/llm-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import type { Toolbox } from '../tools/tool-source.js';
import type { TokenUsage } from './token-usage.js';

/** Parts of a reply, in order: an optional emotion, speakable chunks, possibly more emotions. */
export type ReplyPart =
  | { readonly type: 'emotion'; readonly emotion: string }
  /**
   * One speakable chunk, cleaned of Markdown, emoji, URLs and thinking. `part`: the chunk is only a part of a sentence,
   * perhaps its last part ({@link TurnInput.pieces}). `speech`: the model speaks the chunk itself; chunks of the same
   * speech follow each other.
   */
  | {
      readonly type: 'speech';
      readonly text: string;
      readonly part?: 'piece' | 'end';
      readonly speech?: ModelSpeech;
    }
  /** First token of the model, for the turn record. */
  | { readonly type: 'first_token' }
  /** Tokens that the model reported for one request of the turn, at its end. */
  | { readonly type: 'usage'; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
  /** A tool is called. */
  | { readonly type: 'tool'; readonly name: string }
  /** Documents whose passages the model was given. */
  | { readonly type: 'sources'; readonly sources: readonly string[] }
  /** A tool takes long. The session may play a filler, unless something is being spoken. */
  | { readonly type: 'waiting' }
  /**
   * Sounds that are played after the spoken text. Nothing follows. `after`: the last words of an answer that
   * interrupted these sounds; if they ask something, the sounds wait for the user.
   */
  | { readonly type: 'play'; readonly sounds: SoundQueue; readonly after?: string }
  /** The user wants silence: sounds that are paused do not go on. */
  | { readonly type: 'silence' }
  /** The conversation is over once this answer has been spoken. */
  | { readonly type: 'end' };

export interface TurnInput {
  readonly text: string;
  /** Language of the answer: that of the conversation, or of the question. */
  readonly language: string;
  /** True: the question is in another language, for which there is no voice. */
  readonly otherUnspoken?: boolean;
  readonly timeZone: string;
  readonly tools: Toolbox;
  /** The voice takes a sentence in pieces, as it is written. */
  readonly pieces?: boolean;
  /** The agent's own last sentence when a tool ends the conversation. Undefined: it has none. */
  readonly farewell?: string | undefined;
  /** The person who is talking, if known. */
  readonly person?: string | undefined;
  /**
   * Tells whether the question is certain; undefined: it is certain. Until then no tool with effects is called, and
   * tokens of an aborted answer count as wasted.
   */
  readonly certainty?: Certainty | undefined;
  /** Counts the tokens of the answer while it is made. Undefined: the caller needs no count. */
  readonly usage?: TokenUsage;
}

/** One device's conversation: prompt, history of the heard exchanges, tools. */
export interface Conversation {
  /** Prepares for an answer. Call it when the user begins to speak. Cheap, and never fails. */
  expect?(): void;
  /**
   * Streams the reply to the user's words. The exchange enters the history only by {@link heard}. Throws `llm.*`
   * (before or during the stream). Aborting stops the model.
   */
  respond(input: TurnInput, signal: AbortSignal): AsyncIterable<ReplyPart>;
  /** Records the exchange: the user's words, and the part of the reply that was heard (empty: none). */
  heard(userText: string, replyText: string): void;
  /**
   * The recogniser of a realtime model, which hears the user itself. `ordinary` recognises speech that the model cannot
   * hear.
   */
  recognizer?(ordinary: Recognizer): Recognizer;
  /** Ends connections, and forgets unanswered speech. Call it when nobody is talking for now. */
  close?(): void;
}

/** The part of a reply that names its sources, if there are any. */
export function* noteSources(sources: readonly string[]): Generator<ReplyPart> {
  if (sources.length > 0) yield { type: 'sources', sources };
}
