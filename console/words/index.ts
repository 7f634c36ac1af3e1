import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { en, type Words } from './en.js';
import { zh } from './zh.js';

export type { Words } from './en.js';

export type Language = 'en' | 'zh';
export const WORDS: Readonly<Record<Language, Words>> = { en, zh };

/** Values of `<html lang>`. */
export const LANGUAGE_TAG: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

export const LanguageContext = createContext<Language>('en');

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

export function useWords(): Words {
  return WORDS[useLanguage()];
}

const KEY = 'chorus-language';

/**
 * The language that the reader chose before, or else the browser's first language in which the page has texts, or else
 * English.
 */
export function firstLanguage(languages: readonly string[], stored: string | null): Language {
  if (stored === 'en' || stored === 'zh') return stored;
  for (const tag of languages) {
    const primary = tag.slice(0, 2).toLowerCase();
    if (primary === 'zh' || primary === 'en') return primary;
  }
  return 'en';
}

/** The language that was chosen and stored. If storage is disabled, a choice is forgotten when the page is left. */
export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function storeLanguage(language: Language): void {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    return;
  }
}
