import type { LanguageTag } from '../../../core/index.js';
import type { Emotion } from '../../../device/protocol/index.js';
import { SentenceChunker, type ChunkLimits } from './chunker.js';
import { SpeechCleaner, type CleanPart } from './cleaner.js';

/** Parts of a streamed reply; the same shape as the dialogue's `ReplyPart`. */
export type TextPart =
  | { readonly type: 'emotion'; readonly emotion: Emotion }
  | { readonly type: 'speech'; readonly text: string };

/**
 * The text of one reply on its way from the language model to the voice. An emotion comes before the chunk that
 * contains its emoji or tag. The parts do not depend on how the reply was cut into deltas.
 */
export class ReplyText {
  readonly #cleaner: SpeechCleaner;
  readonly #chunker: SentenceChunker;
  #emotion: Emotion | undefined;

  constructor(options: { readonly language: LanguageTag; readonly limits?: Partial<ChunkLimits> }) {
    this.#cleaner = new SpeechCleaner(options.language);
    this.#chunker = new SentenceChunker(options);
  }

  push(delta: string): TextPart[] {
    const parts = this.#parts(this.#cleaner.push(delta));
    const { ahead } = this.#cleaner;
    return ahead === '' ? parts : [...parts, ...this.#chunker.sees(ahead).map(speech)];
  }

  /** Ends the reply and returns all held-back parts. */
  flush(): TextPart[] {
    return [...this.#parts(this.#cleaner.flush()), ...this.#chunker.flush().map(speech)];
  }

  #parts(cleaned: readonly CleanPart[]): TextPart[] {
    const parts: TextPart[] = [];
    for (const part of cleaned) {
      if (part.type === 'text') {
        parts.push(...this.#chunker.push(part.text).map(speech));
      } else if (part.emotion !== this.#emotion) {
        this.#emotion = part.emotion;
        parts.push(part);
      }
    }
    return parts;
  }
}

function speech(text: string): TextPart {
  return { type: 'speech', text };
}

/** A whole text as chunks for the voice. */
export function spokenChunks(text: string, language: LanguageTag): readonly string[] {
  const reply = new ReplyText({ language });
  const parts = [...reply.push(text), ...reply.flush()];
  return parts.flatMap((part) => (part.type === 'speech' ? [part.text] : []));
}
