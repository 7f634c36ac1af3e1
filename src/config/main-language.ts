import type { LanguageTag } from '../core/index.js';
import type { Config } from './schema.js';

/**
 * The language that must work before the server is ready. `auto` means English, because the English model comes with
 * the package.
 */
export const mainLanguage = ({ session }: Pick<Config, 'session'>): LanguageTag =>
  session.language === 'auto' ? 'en-US' : session.language;
