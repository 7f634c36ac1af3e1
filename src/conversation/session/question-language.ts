import { otherLanguageOf, type LanguageTag } from '../../core/index.js';

export interface AnswerLanguage {
  readonly language: LanguageTag;
  /** True if no voice can speak the language of the question. */
  readonly otherUnspoken: boolean;
}

export interface QuestionLanguageOptions {
  /** Language of the conversation. It may change with the agent. */
  readonly language: () => LanguageTag;
  /** True if the agent has its own language, in which it always answers. */
  readonly fixed: () => boolean;
  readonly speaks: (language: LanguageTag) => boolean;
}

/**
 * If a voice speaks the language of the question, tools and the offline assistant answer in it, unless the agent has
 * its own language.
 */
export class QuestionLanguage {
  #other: LanguageTag | undefined;

  constructor(private readonly options: QuestionLanguageOptions) {}

  get language(): LanguageTag {
    return this.#other ?? this.options.language();
  }

  /** Call this when the answer to these words begins. */
  begin(text: string): AnswerLanguage {
    const { language, fixed, speaks } = this.options;
    const other = otherLanguageOf(text, language());
    const spoken = other !== undefined && speaks(other);
    this.#other = spoken && !fixed() ? other : undefined;
    return { language: this.language, otherUnspoken: other !== undefined && !spoken };
  }
}
