import type { LanguageTag } from '../../../core/index.js';
import type { Emotion } from '../../../device/protocol/index.js';
import { SentenceChunker, WRITTEN_LIMITS, type ChunkLimits } from './chunker.js';
import { SpeechCleaner, type CleanPart } from './cleaner.js';

export type TextPart =
  | { readonly type: 'emotion'; readonly emotion: Emotion }
  | { readonly type: 'speech'; readonly text: string; readonly part?: SentencePart };

/** `end` marks the last fragment of a sentence. */
export type SentencePart = 'piece' | 'end';

/**
 * Turns the text of a reply into chunks for the voice. An emotion precedes the chunk that contains its emoji or tag.
 * The result does not depend on how the text was cut into deltas.
 */
export class ReplyText {
  readonly #cleaner: SpeechCleaner;
  readonly #chunker: SentenceChunker;
  readonly #pieces: boolean;
  #emotion: Emotion | undefined;
  /** Number of characters of the current sentence that were already returned as fragments. */
  #given = 0;

  /** With `pieces`, a sentence is given out in fragments while it is being written. */
  constructor(options: {
    readonly language: LanguageTag;
    readonly limits?: Partial<ChunkLimits>;
    readonly pieces?: boolean;
  }) {
    const { language, limits, pieces = false } = options;
    this.#pieces = pieces;
    this.#cleaner = new SpeechCleaner(language);
    this.#chunker = new SentenceChunker({ language, limits: { ...(pieces && WRITTEN_LIMITS), ...limits } });
  }

  push(delta: string): TextPart[] {
    const parts = this.#parts(this.#cleaner.push(delta));
    const { ahead } = this.#cleaner;
    if (ahead !== '') parts.push(...this.#speech(this.#chunker.sees(ahead)));
    if (this.#pieces) parts.push(...this.#piece());
    return parts;
  }

  flush(): TextPart[] {
    return [...this.#parts(this.#cleaner.flush()), ...this.#speech(this.#chunker.flush())];
  }

  #parts(cleaned: readonly CleanPart[]): TextPart[] {
    const parts: TextPart[] = [];
    for (const part of cleaned) {
      if (part.type === 'text') {
        parts.push(...this.#speech(this.#chunker.push(part.text)));
      } else if (part.emotion !== this.#emotion) {
        this.#emotion = part.emotion;
        parts.push(part);
      }
    }
    return parts;
  }

  #speech(chunks: readonly string[]): TextPart[] {
    return chunks.map((text) => {
      const given = this.#given;
      this.#given = 0;
      return given === 0 ? { type: 'speech', text } : { type: 'speech', text: text.slice(given), part: 'end' };
    });
  }

  #piece(): TextPart[] {
    const text = this.#chunker.piece();
    this.#given += text.length;
    return text === '' ? [] : [{ type: 'speech', text, part: 'piece' }];
  }
}

export function spokenChunks(text: string, language: LanguageTag): readonly string[] {
  const reply = new ReplyText({ language });
  const parts = [...reply.push(text), ...reply.flush()];
  return parts.flatMap((part) => (part.type === 'speech' ? [part.text] : []));
}

const WHOLE_SENTENCE = /[.!?。！？…]["'”’」』)）]*$/u;

/** White space may follow the sentence. */
export const endsSentence = (text: string): boolean => WHOLE_SENTENCE.test(text.trimEnd());

/** A complete sentence is worth speaking even if the text breaks off after it. */
export const isWhole = (part: TextPart): boolean => part.type === 'speech' && WHOLE_SENTENCE.test(part.text);
