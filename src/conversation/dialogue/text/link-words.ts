import { primarySubtag, type LanguageTag } from '../../../core/index.js';

/** The words spoken in place of an address. */
const WORDS: Readonly<Record<string, { readonly link: string; readonly email: string }>> = {
  zh: { link: '链接', email: '邮箱地址' },
  yue: { link: '連結', email: '電郵地址' },
  en: { link: 'link', email: 'email address' },
  ja: { link: 'リンク', email: 'メールアドレス' },
  ko: { link: '링크', email: '이메일 주소' },
  de: { link: 'Link', email: 'E-Mail-Adresse' },
  fr: { link: 'lien', email: 'adresse e-mail' },
  es: { link: 'enlace', email: 'correo electrónico' },
  ru: { link: 'ссылка', email: 'адрес почты' },
};

/**
 * The words that replace an address in this language. For a language without a row they are empty, so that an address
 * is dropped.
 */
export function linkWords(language: LanguageTag): { readonly link: string; readonly email: string } {
  return WORDS[primarySubtag(language)] ?? { link: '', email: '' };
}
