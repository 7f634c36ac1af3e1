import { otherLanguageOf, type LanguageTag } from '../../core/index.js';

/** The language in which a question is answered. */
export interface AnswerLanguage {
  readonly language: LanguageTag;
  /** True: the question is in another language, which no voice can speak. */
  readonly otherUnspoken: boolean;
}

export interface QuestionLanguageOptions {
  /** Language of the conversation. It may change with the agent. */
  readonly language: () => LanguageTag;
  /** True: the agent has its own language, and always answers in it. */
  readonly fixed: () => boolean;
  /** True if a voice speaks the language. */
  readonly speaks: (language: LanguageTag) => boolean;
}

/** The language of the current question. If a voice speaks it, tools and the offline assistant answer in it. */
export class QuestionLanguage {
  #other: LanguageTag | undefined;

  constructor(private readonly options: QuestionLanguageOptions) {}

  /** Language of the answer in progress. */
  get language(): LanguageTag {
    return this.#other ?? this.options.language();
  }

  /** Call it when the answer to these words begins. */
  begin(text: string): AnswerLanguage {
    const { language, fixed, speaks } = this.options;
    const other = otherLanguageOf(text, language());
    const spoken = other !== undefined && speaks(other);
    this.#other = spoken && !fixed() ? other : undefined;
    return { language: this.language, otherUnspoken: other !== undefined && !spoken };
  }
}
