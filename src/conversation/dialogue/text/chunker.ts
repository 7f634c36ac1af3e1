import { type LanguageTag } from '../../../core/index.js';
import { Boundaries } from './boundary.js';
import { FULL_STOPS, isWord } from './characters.js';
import { spokenUnitsOf } from '../../../audio/index.js';
import { pieceEnd } from './pieces.js';

/**
 * Lengths in spoken units (see `spokenUnits`). A unit takes about 60 ms; a Latin letter is 1, a Chinese character 4.
 */
export interface ChunkLimits {
  /**
   * Minimum length of the first chunk, unless the whole text is shorter. A shorter chunk would finish playing before
   * the second is ready.
   */
  readonly firstMin: number;
  /** Shortest clause of the first sentence that is spoken separately. */
  readonly firstClause: number;
  /**
   * A first sentence up to this length is spoken whole. A longer one is cut at a clause, so that speech starts early.
   */
  readonly firstWhole: number;
  /** A sentence shorter than this is joined with the next one. */
  readonly min: number;
  /** A sentence longer than this is cut at a clause. */
  readonly softMax: number;
  /** Any text longer than this is cut, at the end of a word if there is no better place. */
  readonly hardMax: number;
}

/** The limits in seconds: 0.5, 1 and 2 s for the first chunk; from 1.5 to 7 s for later ones; never more than 14 s. */
export const DEFAULT_CHUNK_LIMITS: ChunkLimits = {
  firstMin: 8,
  firstClause: 16,
  firstWhole: 32,
  min: 24,
  softMax: 120,
  hardMax: 240,
};

/**
 * Limits for a voice that accepts text while it is being written. Chunks are whole sentences, because a short first
 * chunk gains nothing. A sentence that is too long is still cut at `hardMax`.
 */
export const WRITTEN_LIMITS: Partial<ChunkLimits> = { firstClause: Infinity, firstWhole: Infinity, softMax: 240 };

/** Closing marks of a sentence that was given out before these marks came. They are not spoken. */
const LEFT_OVER = /^[\s。！？!?…”」』）】》〉]+/u;
/** No part is shorter than this after a cut, unless there is no other place to cut. */
const CUT_MIN = 24;
const ENGLISH = 'and|or|but|because|so|which|that|who|when|while|where|if|with';
const OTHER_LANGUAGES = 'und|oder|aber|weil|dass|et|ou|mais|que|y|o|pero';
const CONJUNCTION = new RegExp(`^(?:${ENGLISH}|${OTHER_LANGUAGES})$`, 'iu');

/**
 * Cuts cleaned text into chunks for synthesis: a short first one, then whole sentences. The cuts depend on the text,
 * not on how it was split into deltas. At most one chunk is held back.
 */
export class SentenceChunker {
  readonly #limits: ChunkLimits;
  readonly #boundaries: Boundaries;
  #text = '';
  #first = true;
  // State of the scan of #text: its position, and the possible places for a cut.
  #at = 0;
  #units = 0;
  #earlyClause = 0;
  #clause = 0;
  #weakClause = 0;
  #conjunction = 0;
  #space = 0;
  #spaceUnits = 0;
  #tinySentence = 0;
  /** End of the part of the next chunk that was already given out. */
  #given = 0;

  constructor(options: { readonly language: LanguageTag; readonly limits?: Partial<ChunkLimits> }) {
    this.#limits = { ...DEFAULT_CHUNK_LIMITS, ...options.limits };
    this.#boundaries = new Boundaries(options.language);
  }

  push(text: string): string[] {
    this.#text += text;
    return this.#chunks(false);
  }

  /** Tells what text a later push will begin with. */
  sees(ahead: string): string[] {
    return this.#chunks(false, ahead);
  }

  /** The next part of an unfinished chunk that can already be spoken. Empty: there is none yet. */
  piece(): string {
    const end = pieceEnd(this.#text, this.#given, this.#at);
    const piece = this.#text.slice(this.#given, end);
    this.#given = end;
    return piece;
  }

  /** Ends the text and returns all held-back chunks. */
  flush(): string[] {
    const chunks = this.#chunks(true);
    const rest = this.#text.trim();
    this.#text = '';
    this.#restart();
    if (isWord(rest)) chunks.push(rest);
    return chunks;
  }

  #chunks(final: boolean, ahead = ''): string[] {
    const chunks: string[] = [];
    for (let found = this.#scan(final, ahead); found > 0; found = this.#scan(final, ahead)) {
      const cut = Math.max(found, this.#given);
      const chunk = this.#text.slice(0, cut).trim();
      this.#text = this.#text.slice(cut);
      this.#restart();
      if (!isWord(chunk)) continue;
      this.#first = false;
      chunks.push(chunk);
    }
    return chunks;
  }

  /** Scans the text up to the next cut, and returns the position of the cut. 0: there is none yet. */
  #scan(final: boolean, ahead: string): number {
    const { hardMax } = this.#limits;
    if (this.#at === 0) this.#text = this.#first ? this.#text.trimStart() : this.#text.replace(LEFT_OVER, '');
    while (this.#at < this.#text.length) {
      if (this.#endsFirst()) return this.#at + 1;
      const boundary = this.#boundaries.at(this.#text + ahead, this.#at, final);
      if (boundary.kind === 'more') return 0;
      const cut =
        boundary.kind === 'sentence'
          ? this.#sentence(boundary.end)
          : boundary.kind === 'clause'
            ? this.#atClause(boundary.end, boundary.weak)
            : this.#inside();
      if (cut > 0) return cut;
      if (this.#units >= hardMax) return this.#forcedCut();
    }
    return 0;
  }

  /**
   * A full-width stop ends the first sentence at once, so that speech begins one token sooner. An open quotation or
   * bracket prevents this.
   */
  #endsFirst(): boolean {
    const mark = this.#text[this.#at] ?? ' ';
    if (
      !this.#first ||
      !FULL_STOPS.includes(mark) ||
      this.#units + spokenUnitsOf(mark.charCodeAt(0)) < this.#limits.firstMin
    )
      return false;
    const before = this.#text.slice(0, this.#at);
    return isWord(before) && !isOpen(before);
  }

  #sentence(end: number): number {
    this.#advance(end);
    const min = this.#first ? this.#limits.firstMin : this.#limits.min;
    if (!isWord(this.#text.slice(0, end))) return 0;
    if (this.#units >= min) return end;
    // This sentence is too short for a chunk, but its end is the best place for a cut if the following text is too
    // long.
    this.#clause = this.#tinySentence = end;
    return this.#tooLong();
  }

  #atClause(end: number, weak: boolean): number {
    const before = this.#units;
    this.#advance(end);
    if (weak) {
      this.#weakClause = end;
      return this.#tooLong();
    }
    if (this.#first && this.#earlyClause === 0 && this.#units >= this.#limits.firstClause) this.#earlyClause = end;
    if (before >= CUT_MIN) this.#clause = end;
    return this.#tooLong();
  }

  #inside(): number {
    const at = this.#at;
    const char = this.#text.codePointAt(at) ?? 0;
    if (char === 0x20) {
      // Checks the words before the space, because a check of later text would depend on how much has arrived.
      if (this.#spaceUnits >= CUT_MIN && CONJUNCTION.test(this.#text.slice(this.#space, at)))
        this.#conjunction = this.#space;
      this.#space = at + 1;
      this.#spaceUnits = this.#units;
    }
    this.#advance(at + (char > 0xffff ? 2 : 1));
    return this.#tooLong();
  }

  /** Finds the cut in a sentence that is too long. The longer the sentence, the weaker the boundary may be. */
  #tooLong(): number {
    const { firstWhole, softMax, hardMax } = this.#limits;
    if (this.#first && this.#units > firstWhole) {
      const early = this.#earlyClause || this.#tinySentence;
      if (early > 0) return early;
      if (this.#units > 2 * firstWhole) return this.#clause || this.#weakClause || this.#conjunction;
    }
    if (this.#units > (softMax + hardMax) / 2) return this.#clause || this.#weakClause || this.#conjunction;
    if (this.#units > softMax) return this.#clause;
    return 0;
  }

  #forcedCut(): number {
    return this.#clause || this.#weakClause || this.#conjunction || this.#space || wordEnd(this.#text, this.#at);
  }

  #advance(to: number): void {
    for (const char of this.#text.slice(this.#at, to)) this.#units += spokenUnitsOf(char.codePointAt(0) ?? 0);
    this.#at = to;
  }

  #restart(): void {
    this.#given =
      this.#at =
      this.#units =
      this.#earlyClause =
      this.#clause =
      this.#weakClause =
      this.#conjunction =
      this.#space =
      this.#spaceUnits =
      this.#tinySentence =
        0;
  }
}

/** True if a quotation or a bracket is still open at the end. */
function isOpen(text: string): boolean {
  // An apostrophe looks like ’, so ’ is not counted as a closing mark. After ‘ the text counts as open.
  const opened = count(text, /[“‘「『（(【《〈«]/gu) - count(text, /[”」』）)】》〉»]/gu);
  return opened > 0 || count(text, /"/gu) % 2 === 1;
}

function count(text: string, marks: RegExp): number {
  return text.match(marks)?.length ?? 0;
}

/**
 * The last word boundary up to `limit` in a text without spaces (Chinese, Thai). If there is none: `limit`. Never
 * inside a character.
 */
function wordEnd(text: string, limit: number): number {
  let end = 0;
  for (const { index } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text.slice(0, limit)))
    end = index;
  return end > 0 ? end : limit;
}
