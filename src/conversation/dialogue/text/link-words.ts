import { primarySubtag, type LanguageTag } from '../../../core/index.js';

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

/** Both words are empty in an unknown language. An address is then dropped. */
export function linkWords(language: LanguageTag): { readonly link: string; readonly email: string } {
  return WORDS[primarySubtag(language)] ?? { link: '', email: '' };
}
