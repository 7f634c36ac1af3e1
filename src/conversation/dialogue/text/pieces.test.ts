import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyText, type TextPart } from './reply-text.js';

function parts(text: string, language: string, size: number): TextPart[] {
  const reply = new ReplyText({ language, pieces: true });
  const deltas: string[] = [];
  for (let at = 0; at < text.length; at += size) deltas.push(text.slice(at, at + size));
  return [...deltas.flatMap((delta) => reply.push(delta)), ...reply.flush()];
}

function sentences(all: readonly TextPart[]): string[] {
  const whole: string[] = [];
  let open = false;
  for (const part of all) {
    if (part.type !== 'speech') continue;
    if (open) whole[whole.length - 1] += part.text;
    else whole.push(part.text);
    open = part.part === 'piece';
  }
  return whole.map((text) => text.trim());
}

describe('parts of a sentence that is being written', () => {
  it('come long before its end, and end between words', () => {
    const said = parts('今天天气很好，我们一起去公园里散步吧。', 'zh', 1).map((part) =>
      part.type === 'speech' ? [part.text, part.part] : part,
    );
    expect(said[0]).toEqual(['今天', 'piece']);
    expect(said.at(-1)?.[1 as never]).toBe('end');
    const words = parts('The weather in Paris is fine today.', 'en', 1).flatMap((part) =>
      part.type === 'speech' ? [part.text] : [],
    );
    expect(words[0]).toBe('The weather ');
    expect(words.slice(0, -1).every((piece) => piece.endsWith(' '))).toBe(true);
  });

  it('end before a number, because its spoken form depends on its end', () => {
    const said = parts('我今天下午大概三点出发，航班CA1234要飞2.5小时左右才到。', 'zh', 1);
    const early = said.filter((part) => part.type === 'speech' && part.part === 'piece');
    expect(early.length).toBeGreaterThan(2);
    for (const part of early) expect(part).not.toMatchObject({ text: expect.stringMatching(/\d/u) as string });
  });

  it('form the same sentences as without parts, however the text is split', () => {
    const text = 'Sure! It is sunny in Paris today. Tomorrow, on May 5, it may rain; take an umbrella. Bye.';
    const whole = sentences(parts(text, 'en', text.length));
    expect(whole.join(' ')).toBe(text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), (size) => {
        expect(sentences(parts(text, 'en', size))).toEqual(whole);
      }),
    );
  });

  it('lose and repeat no text', () => {
    const unit = fc.constantFrom('a', 'bc ', '. ', '，', '。', '今天', ' ', '1', '!', '“', '\n', '好的');
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 200 }), fc.integer({ min: 1, max: 7 }), (units, size) => {
        const letters = (said: readonly string[]): string => said.join('').replace(/[^\p{L}\p{N}]/gu, '');
        const text = units.join('');
        const usual = new ReplyText({ language: 'zh' });
        const all = [...usual.push(text), ...usual.flush()].flatMap((p) => (p.type === 'speech' ? [p.text] : []));
        expect(letters(sentences(parts(text, 'zh', size)))).toBe(letters(all));
      }),
    );
  });
});
