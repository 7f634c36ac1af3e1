import { describe, expect, it } from 'vitest';
import { normalWithin, seededRandom } from '../../../core/index.js';
import { SentenceChunker } from '../../../conversation/dialogue/text/chunker.js';
import { UNIT_MS, writeReply } from './reply-text.js';
import { spokenUnits } from '../../../audio/index.js';

describe('writeReply', () => {
  it.each(['en', 'zh'] as const)('in %s lasts the requested time: 5 s on average', (language) => {
    const random = seededRandom(5, language);
    const asked = Array.from({ length: 500 }, () => normalWithin(random, 5000, 2000, 1000, 9000));
    const lengths = asked.map((ms) => spokenUnits(writeReply(random, ms, language).tokens.join('')) * UNIT_MS);
    const mean = lengths.reduce((sum, ms) => sum + ms, 0) / lengths.length;
    expect(mean / (asked.reduce((sum, ms) => sum + ms, 0) / asked.length)).toBeCloseTo(1, 1);
    const off = lengths.map((ms, at) => Math.abs(ms - (asked[at] ?? 0))).sort((a, b) => a - b);
    expect(off[Math.floor(0.95 * off.length)]).toBeLessThan(800);
  });

  it.each(['en', 'zh'] as const)('in %s begins with a sentence that a server can speak alone', (language) => {
    const random = seededRandom(9, language);
    const firsts = new Set<string>();
    for (let n = 0; n < 300; n++) {
      const reply = writeReply(random, 5000, language);
      const chunker = new SentenceChunker({ language });
      const chunks = [...chunker.push(reply.tokens.join('')), ...chunker.flush()];
      expect(chunks[0]).toBe(reply.firstSentence);
      firsts.add(reply.firstSentence);
    }
    expect(firsts.size).toBe(300);
  });

  it('has tokens as short as those of language models', () => {
    const { tokens } = writeReply(seededRandom(1), 60_000, 'en');
    expect(tokens.join('').length / tokens.length).toBeGreaterThan(3);
    expect(tokens.join('').length / tokens.length).toBeLessThan(6);
  });
});
