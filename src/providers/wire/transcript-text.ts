import type { HeardText } from '../asr/asr-port.js';
import type { AsrNews } from './asr-dialect.js';

type TextNews = Extract<AsrNews, { readonly type: 'text' }>;

/** More than the characters in a minute and a half of speech in any language. */
const MAX_CHARS = 8_000;

export class TranscriptText {
  #final = '';
  #partial = '';
  #finalMs: number | undefined;

  /** Returns false if the text is longer than anybody speaks. */
  take({ text, final, whole = false, untilMs }: TextNews): boolean {
    const settled = whole ? '' : this.#final;
    if (settled.length + text.length > MAX_CHARS) return false;
    if (final) {
      this.#final = joinSentences(settled, text);
      this.#partial = '';
      if (untilMs !== undefined) this.#finalMs = Math.max(this.#finalMs ?? 0, untilMs);
    } else {
      this.#final = settled;
      this.#partial = text;
    }
    return true;
  }

  get heard(): HeardText {
    return { text: joinSentences(this.#final, this.#partial).trim(), finalMs: this.#finalMs };
  }
}

export function joinSentences(before: string, next: string): string {
  const spaced = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}.,!?;:'"]$/u.test(before);
  const gap = spaced && /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(next);
  return gap ? `${before} ${next}` : before + next;
}
