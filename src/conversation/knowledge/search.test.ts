import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexPassages, questionTerms, readIndex, searchTerms, writeIndex } from './passage-index.js';
import { searchPassages } from './search.js';

const WORDS = ['valve', 'heating', 'filters', 'water', '滤网', '清洗', '暖气', '阀门', 'x9'];
const text = fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join('. '));
const documentTexts = fc.array(fc.array(text, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });

const passagesOf = (texts: readonly string[]): { place: string; text: string }[] =>
  texts.map((one) => ({ place: '', text: one }));

describe('the index of a document', () => {
  it('is the same after writing and reading, and is refused in another format', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
        const index = indexPassages('Title 标题', passagesOf(texts));
        expect(readIndex(writeIndex(index))).toEqual(index);
      }),
    );
    expect(readIndex('')).toBeUndefined();
    expect(readIndex('2\nx')).toBeUndefined();
    expect(readIndex('1\na b\nAAAA')).toBeUndefined();
  });

  it('finds exactly the passages that contain a term of the question, ranked by the formula of BM25', () => {
    fc.assert(
      fc.property(documentTexts, text, (texts, question) => {
        const documents = texts.map((passages, n) => ({
          id: String(n),
          index: indexPassages('', passagesOf(passages)),
        }));
        const all = texts.flatMap((passages, n) =>
          passages.map((one, number) => ({ id: String(n), number, terms: searchTerms(one) })),
        );
        const mean = Math.max(1, all.reduce((sum, { terms }) => sum + terms.length, 0) / all.length);
        const expected = new Map<string, number>();
        for (const term of questionTerms(question)) {
          const having = all.filter(({ terms }) => terms.includes(term));
          const weight = Math.log(1 + (all.length - having.length + 0.5) / (having.length + 0.5));
          for (const { id, number, terms } of having) {
            const count = terms.filter((one) => one === term).length;
            const score = (weight * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * terms.length) / mean));
            expected.set(`${id} ${number}`, (expected.get(`${id} ${number}`) ?? 0) + score);
          }
        }
        const best = Math.max(0, ...expected.values());
        const found = searchPassages(documents, question, 100);
        expect(found.map(({ documentId, number }) => `${documentId} ${number}`).sort()).toEqual(
          [...expected]
            .filter(([, score]) => score >= best * 0.35 - 1e-9)
            .map(([key]) => key)
            .sort(),
        );
        for (const { documentId, number, score } of found)
          expect(score).toBeCloseTo(expected.get(`${documentId} ${number}`) ?? 0, 6);
        expect(found.map(({ score }) => score)).toEqual(found.map(({ score }) => score).sort((a, b) => b - a));
      }),
    );
  });

  it('finds other forms of English words, and Chinese words inside a sentence', () => {
    const index = indexPassages('Boiler', passagesOf(['Close both valves before heating.', '每月清洗一次过滤网。']));
    const numbers = (question: string): number[] =>
      searchPassages([{ id: 'a', index }], question, 5).map(({ number }) => number);
    expect(numbers('which valve do I close')).toEqual([0]);
    expect(numbers('is it heated')).toEqual([0]);
    expect(numbers('过滤网怎么清洗')).toEqual([1]);
    expect(numbers('boiler')).toEqual([0, 1]);
    expect(numbers('怎么了')).toEqual([]);
  });
});
