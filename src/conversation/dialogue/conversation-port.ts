import type { Certainty, ModelSpeech } from '../../providers/llm/llm-port.js';
import type { Recognizer } from '../../speech/recognition/recognizer-port.js';
import type { SoundQueue } from '../../speech/speaking/speaking-port.js';
import type { Toolbox } from '../tools/tool-source.js';
import type { TokenUsage } from './token-usage.js';

export type ReplyPart =
  | { readonly type: 'emotion'; readonly emotion: string }
  /**
   * A chunk of speech without Markdown, emoji, URLs or reasoning. `part` is set for a fragment of a sentence. `speech`
   * is set if the model itself speaks the chunk.
   */
  | {
      readonly type: 'speech';
      readonly text: string;
      readonly part?: 'piece' | 'end';
      readonly speech?: ModelSpeech;
    }
  | { readonly type: 'first_token' }
  /** Token counts that the model reports at the end of each request. */
  | { readonly type: 'usage'; readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
  | { readonly type: 'tool'; readonly name: string }
  /** Names of the documents whose passages the model received. */
  | { readonly type: 'sources'; readonly sources: readonly string[] }
  /** A tool takes long. The session may play a filler sound if nothing is being spoken. */
  | { readonly type: 'waiting' }
  /**
   * Sounds to play after the spoken text. Speech after this part is dropped. `after` is set if earlier sounds resume or
   * a tool asks something. It contains the last words of this answer. If these are a question, the sounds wait.
   */
  | { readonly type: 'play'; readonly sounds: SoundQueue; readonly after?: string }
  /** The user wants silence, so paused sounds do not continue. */
  | { readonly type: 'silence' }
  /** The conversation ends after this answer. */
  | { readonly type: 'end' };

export interface TurnInput {
  readonly text: string;
  /** True if the user typed the words. */
  readonly typed?: boolean;
  /** The language of the conversation or of the question. */
  readonly language: string;
  /** True if the question is in a language that no voice can speak. */
  readonly otherUnspoken?: boolean;
  readonly timeZone: string;
  readonly tools: Toolbox;
  /** True if the voice accepts fragments of sentences. */
  readonly pieces?: boolean;
  /** The agent's last sentence, spoken when a tool ends the conversation. */
  readonly farewell?: string | undefined;
  /** Undefined if the person is unknown. */
  readonly person?: string | undefined;
  /**
   * Tells whether the user has certainly finished asking. Undefined means certain. While the question is uncertain,
   * tools with effects wait, and tokens of an aborted answer count as wasted.
   */
  readonly certainty?: Certainty | undefined;
  readonly usage?: TokenUsage;
}

export interface Conversation {
  /** Prepares for an answer. Call this when the user begins to speak. Never fails. */
  expect?(): void;
  /**
   * Streams the reply. Call {@link heard} afterwards, because only {@link heard} changes the history. Throws `llm.*`
   * before or during the stream, or `Cancelled` while the question is uncertain. Aborting stops the model.
   */
  respond(input: TurnInput, signal: AbortSignal): AsyncIterable<ReplyPart>;
  /** Records an exchange. `replyText` is the part of the reply that the user heard, or empty. */
  heard(userText: string, replyText: string): void;
  /**
   * Returns the recogniser of a realtime model, which itself hears the user. Speech that the model cannot hear goes to
   * `ordinary`.
   */
  recognizer?(ordinary: Recognizer): Recognizer;
  /** Closes connections and discards unanswered speech. Call this when nobody is talking. */
  close?(): void;
}

export function* noteSources(sources: readonly string[]): Generator<ReplyPart> {
  if (sources.length > 0) yield { type: 'sources', sources };
}
