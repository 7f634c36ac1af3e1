import type { ComponentChildren, JSX } from 'preact';
import { LANGUAGE_TAG, useLanguage, useWords, type Language } from './words/index.js';

export function TopBar({
  onLanguage,
  onSignOut,
  children,
}: {
  readonly onLanguage: (language: Language) => void;
  readonly onSignOut?: () => void;
  readonly children?: ComponentChildren;
}): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const other: Language = language === 'zh' ? 'en' : 'zh';
  return (
    <header class="top">
      <span class="brand">
        <img src="/console/icon.svg" alt="" width="28" height="28" />
        <span>Chorus</span>
      </span>
      {children}
      <span class="grow" />
      <button
        type="button"
        class="plain"
        lang={LANGUAGE_TAG[other]}
        aria-label={words.page.languageLabel}
        onClick={() => onLanguage(other)}
        data-language={other}
      >
        {words.page.language}
      </button>
      {onSignOut && (
        <button type="button" class="plain" onClick={onSignOut}>
          {words.page.signOut}
        </button>
      )}
    </header>
  );
}
