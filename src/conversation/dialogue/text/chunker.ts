import { type LanguageTag } from '../../../core/index.js';
import { Boundaries } from './boundary.js';
import { FULL_STOPS, isWord } from './characters.js';
import { spokenUnitsOf } from '../../../audio/index.js';
import { pieceEnd } from './pieces.js';

/** Lengths in spoken units. A unit takes about 60 ms. A Latin letter has 1 unit, a Chinese character 4. */
export interface ChunkLimits {
  /** Minimum length of the first chunk. A shorter chunk would end before the second is ready. */
  readonly firstMin: number;
  /** Shortest clause of the first sentence that is spoken separately. */
  readonly firstClause: number;
  /** A longer first sentence is cut at a clause, so that speech starts early. */
  readonly firstWhole: number;
  /** A shorter sentence is joined with the next one. */
  readonly min: number;
  /** A longer sentence is cut at a clause. */
  readonly softMax: number;
  /** Longer text is always cut, at the end of a word if there is no better place. */
  readonly hardMax: number;
}

/** Limits in seconds: 0.5, 1 and 2 s for the first chunk. Later chunks have 1.5 to 7 s. The maximum is 14 s. */
export const DEFAULT_CHUNK_LIMITS: ChunkLimits = {
  firstMin: 8,
  firstClause: 16,
  firstWhole: 32,
  min: 24,
  softMax: 120,
  hardMax: 240,
};

/**
 * Limits for a voice that accepts text while the text is being written. A short first chunk gains nothing there, so
 * chunks are whole sentences.
 */
export const WRITTEN_LIMITS: Partial<ChunkLimits> = { firstClause: Infinity, firstWhole: Infinity, softMax: 240 };

/** Closing marks that arrive too late for their sentence. They are not spoken. */
const LEFT_OVER = /^[\s。！？!?…”」』）】》〉]+/u;
const CUT_MIN = 24;
const ENGLISH = 'and|or|but|because|so|which|that|who|when|while|where|if|with';
const OTHER_LANGUAGES = 'und|oder|aber|weil|dass|et|ou|mais|que|y|o|pero';
const CONJUNCTION = new RegExp(`^(?:${ENGLISH}|${OTHER_LANGUAGES})$`, 'iu');

/**
 * Cuts cleaned text into chunks for synthesis. The first chunk is short. Later chunks are whole sentences. The cuts do
 * not depend on how the text was split into deltas. At most one chunk is held back.
 */
export class SentenceChunker {
  readonly #limits: ChunkLimits;
  readonly #boundaries: Boundaries;
  #text = '';
  #first = true;
  #at = 0;
  #units = 0;
  #earlyClause = 0;
  #clause = 0;
  #weakClause = 0;
  #conjunction = 0;
  #space = 0;
  #spaceUnits = 0;
  #tinySentence = 0;
  /** End of the text that {@link piece} has already returned. */
  #given = 0;

  constructor(options: { readonly language: LanguageTag; readonly limits?: Partial<ChunkLimits> }) {
    this.#limits = { ...DEFAULT_CHUNK_LIMITS, ...options.limits };
    this.#boundaries = new Boundaries(options.language);
  }

  push(text: string): string[] {
    this.#text += text;
    return this.#chunks(false);
  }

  /** `ahead` is text that will certainly follow, but is pushed only later. */
  sees(ahead: string): string[] {
    return this.#chunks(false, ahead);
  }

  /** Returns the next fragment of an unfinished chunk. Empty if nothing more can be spoken yet. */
  piece(): string {
    const end = pieceEnd(this.#text, this.#given, this.#at);
    const piece = this.#text.slice(this.#given, end);
    this.#given = end;
    return piece;
  }

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

  /** Returns the position of the next cut, or 0 if no cut is possible yet. */
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

  /** A full-width stop ends the first sentence at once, so that speech begins one token sooner. */
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
    // The sentence is too short for a chunk. If the following text gets too long, this is the best cut.
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
      // Check only words before the space, because the result must not depend on how much text has arrived.
      if (this.#spaceUnits >= CUT_MIN && CONJUNCTION.test(this.#text.slice(this.#space, at)))
        this.#conjunction = this.#space;
      this.#space = at + 1;
      this.#spaceUnits = this.#units;
    }
    this.#advance(at + (char > 0xffff ? 2 : 1));
    return this.#tooLong();
  }

  /** In a long sentence, a weak boundary is enough for a cut. */
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

function isOpen(text: string): boolean {
  // ’ is not counted as a closing mark, because it is also the apostrophe. After ‘ the text counts as open.
  const opened = count(text, /[“‘「『（(【《〈«]/gu) - count(text, /[”」』）)】》〉»]/gu);
  return opened > 0 || count(text, /"/gu) % 2 === 1;
}

function count(text: string, marks: RegExp): number {
  return text.match(marks)?.length ?? 0;
}

/** Text without spaces, such as Chinese, is cut at a word boundary. Returns `limit` if there is none. */
function wordEnd(text: string, limit: number): number {
  let end = 0;
  for (const { index } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text.slice(0, limit)))
    end = index;
  return end > 0 ? end : limit;
}
