import type { Certainty, ModelSpeech } from '../../providers/llm/llm-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import type { Toolbox } from '../tools/tool-source.js';
import type { TokenUsage } from './token-usage.js';

/** Parts of a reply, in order: an optional emotion, speakable chunks, possibly more emotions. */
export type ReplyPart =
  | { readonly type: 'emotion'; readonly emotion: string }
  /**
   * One speakable chunk, without Markdown, emoji, URLs and reasoning. `part`: the chunk is part of a sentence, perhaps
   * the last part ({@link TurnInput.pieces}). `speech`: the model speaks the chunk itself. Chunks of the same speech
   * follow each other.
   */
  | {
      readonly type: 'speech';
      readonly text: string;
      readonly part?: 'piece' | 'end';
      readonly speech?: ModelSpeech;
    }
  /** First token of the model, for the turn record. */
  | { readonly type: 'first_token' }
  /** Tokens of one request to the model, as the model reports them at the end of the request. */
  | { readonly type: 'usage'; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
  /** A tool is called. */
  | { readonly type: 'tool'; readonly name: string }
  /** Documents whose passages the model was given. */
  | { readonly type: 'sources'; readonly sources: readonly string[] }
  /** A tool takes long. The session may play a filler, unless something is being spoken. */
  | { readonly type: 'waiting' }
  /**
   * Sounds that are played after the spoken text. No part follows this one. `after`: the last words of this answer, if
   * the user interrupted the sounds to get it. If these words ask something, the sounds wait for the user.
   */
  | { readonly type: 'play'; readonly sounds: SoundQueue; readonly after?: string }
  /** The user wants silence, so paused sounds do not continue. */
  | { readonly type: 'silence' }
  /** The conversation is over once this answer has been spoken. */
  | { readonly type: 'end' };

export interface TurnInput {
  readonly text: string;
  /** True: the words were typed, so nobody spoke them. */
  readonly typed?: boolean;
  /** Language of the answer: the language of the conversation or of the question. */
  readonly language: string;
  /** True: the question is in another language, which no voice can speak. */
  readonly otherUnspoken?: boolean;
  readonly timeZone: string;
  readonly tools: Toolbox;
  /** True: the voice accepts a sentence in pieces while it is being written. */
  readonly pieces?: boolean;
  /** The agent's last sentence, if a tool ends the conversation. Undefined: the agent has no such sentence. */
  readonly farewell?: string | undefined;
  /** The person who is talking. Undefined: not known. */
  readonly person?: string | undefined;
  /**
   * Tells whether the question is certain: whether the user has really finished asking. Undefined: it is certain. Until
   * then, tools with effects are not called, and the tokens of an aborted answer count as wasted.
   */
  readonly certainty?: Certainty | undefined;
  /** Counts the tokens while the answer is made. Undefined: the caller needs no count. */
  readonly usage?: TokenUsage;
}

/** The conversation with one device: prompt, exchanges heard so far, tools. */
export interface Conversation {
  /** Prepares for an answer. Call it when the user begins to speak. It is cheap and never fails. */
  expect?(): void;
  /**
   * Streams the reply to the user's words. Call {@link heard} afterwards, because only it adds the exchange to the
   * history. Throws `llm.*` (before or during the stream). Aborting stops the model.
   */
  respond(input: TurnInput, signal: AbortSignal): AsyncIterable<ReplyPart>;
  /** Records the exchange: the user's words, and the part of the reply that was heard (empty: none). */
  heard(userText: string, replyText: string): void;
  /**
   * The recogniser of a realtime model, which hears the user itself. It passes speech that the model cannot hear to
   * `ordinary`.
   */
  recognizer?(ordinary: Recognizer): Recognizer;
  /** Ends connections, and forgets speech that was not answered. Call it when nobody is talking at the moment. */
  close?(): void;
}

/** Yields the part of a reply that names these sources, if there are any. */
export function* noteSources(sources: readonly string[]): Generator<ReplyPart> {
  if (sources.length > 0) yield { type: 'sources', sources };
}
