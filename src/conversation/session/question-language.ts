import { otherLanguageOf, type LanguageTag } from '../../core/index.js';

/** The language in which a question is answered. */
export interface AnswerLanguage {
  readonly language: LanguageTag;
  /** True: the question is in another language, for which there is no voice. */
  readonly otherUnspoken: boolean;
}

export interface QuestionLanguageOptions {
  /** Language of the conversation, which may change with the agent. */
  readonly language: () => LanguageTag;
  /** True: the agent has a language of its own, and keeps it. */
  readonly fixed: () => boolean;
  /** True if there is a voice for the language. */
  readonly speaks: (language: LanguageTag) => boolean;
}

/** The language of the current question. Tools and the offline assistant answer in it if a voice speaks it. */
export class QuestionLanguage {
  #other: LanguageTag | undefined;

  constructor(private readonly options: QuestionLanguageOptions) {}

  /** Language of the answer that is being made. */
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
