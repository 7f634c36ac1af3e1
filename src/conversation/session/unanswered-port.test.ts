import { describe, expect, it } from 'vitest';
import { type PhraseKey, phrase } from './phrases.js';
import { unansweredBy } from './unanswered-port.js';

describe.each(['en', 'zh'])('unansweredBy, in %s', (language) => {
  it.each<PhraseKey>(['greeting', 'farewell', 'filler', 'one_moment'])('finds no excuse in: %s', (key) => {
    expect(unansweredBy(phrase(language, key))).toBeUndefined();
  });

  it.each<PhraseKey>(['not_understood', 'tools_stuck', 'llm_timeout', 'internal'])('finds an apology in: %s', (key) => {
    expect(unansweredBy(phrase(language, key))).toBe('apology');
  });

  it('recognises that the server is busy, or that a download is in progress', () => {
    expect(unansweredBy(phrase(language, 'busy'))).toBe('busy');
    expect(unansweredBy(`${phrase(language, 'model_downloading')} (40%)`)).toBe('apology');
  });
});
