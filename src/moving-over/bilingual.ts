import type { UiLanguage } from '../core/index.js';

/** A sentence for people, in each of their languages. */
export type Bilingual = Readonly<Record<UiLanguage, string>>;

export const both = (en: string, zh: string): Bilingual => ({ en, zh });
