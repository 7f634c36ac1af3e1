import type { Bilingual, Text, UiLanguage } from './language.js';

/** Each language has the same keys and parameters. */
export type Catalogue<Words> = Readonly<Record<UiLanguage, Words>>;

type Parameter<Value> = Value extends string
  ? Value | Bilingual
  : Value extends readonly string[]
    ? readonly Text[]
    : Value;

export type BilingualWords<Words> = {
  readonly [Key in keyof Words]: Words[Key] extends string
    ? Bilingual
    : Words[Key] extends (...values: infer Values) => string
      ? (...values: { [Index in keyof Values]: Parameter<Values[Index]> }) => Bilingual
      : BilingualWords<Words[Key]>;
};

/** For code that does not know the reader's language. Every entry returns both languages. */
export function bilingualWords<Words extends object>({ en, zh }: Catalogue<Words>): BilingualWords<Words> {
  const entries = Object.entries(en).map(([key, english]) => [key, pair(english, zh[key as keyof Words])]);
  return Object.fromEntries(entries) as BilingualWords<Words>;
}

type Sentence = (...values: readonly unknown[]) => string;

function pair(en: unknown, zh: unknown): unknown {
  if (typeof en === 'string') return { en, zh };
  if (typeof en !== 'function') return bilingualWords({ en, zh } as Catalogue<object>);
  return (...values: readonly unknown[]) => ({
    en: sentenceIn('en', en as Sentence, values),
    zh: sentenceIn('zh', zh as Sentence, values),
  });
}

const sentenceIn = (language: UiLanguage, sentence: Sentence, values: readonly unknown[]): string =>
  sentence(...values.map((value) => valueIn(value, language)));

function valueIn(value: unknown, language: UiLanguage): unknown {
  if (Array.isArray(value)) return value.map((item) => valueIn(item, language));
  return isBilingual(value) ? value[language] : value;
}

const isBilingual = (value: unknown): value is Bilingual =>
  typeof value === 'object' && value !== null && 'en' in value && 'zh' in value;
