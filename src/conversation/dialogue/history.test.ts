import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from './history.js';
import { estimateTokens } from './tokens.js';

describe('History', () => {
  it('returns the heard exchanges, oldest first, and the new question last', () => {
    const history = new History(() => ({ turns: 10, tokens: 1000 }));
    history.add('hello', 'Hi there.');
    history.add('  how are you ', ' Fine. ');
    expect(history.messages('and now?')).toEqual([
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'Hi there.' },
      { role: 'user', content: 'how are you' },
      { role: 'assistant', content: 'Fine.' },
      { role: 'user', content: 'and now?' },
    ]);
  });

  it('contains no answer to an utterance whose reply was not heard', () => {
    const history = new History(() => ({ turns: 10, tokens: 1000 }));
    history.add('tell me a story', '');
    history.add('', '');
    expect(history.messages('stop')).toEqual([
      { role: 'user', content: 'tell me a story' },
      { role: 'user', content: 'stop' },
    ]);
  });

  it('drops the oldest exchanges', () => {
    const history = new History(() => ({ turns: 2, tokens: 1000 }));
    for (const number of [1, 2, 3]) history.add(`q${number}`, `a${number}`);
    expect(history.messages('q4').map((message) => message.content)).toEqual(['q2', 'a2', 'q3', 'a3', 'q4']);
  });

  it('stays within its limits, whatever is said', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 9000 }), fc.string({ maxLength: 9000 })), { maxLength: 30 }),
        (exchanges) => {
          const history = new History(() => ({ turns: 5, tokens: 300 }));
          for (const [user, reply] of exchanges) history.add(user, reply);
          const kept = history.messages('now').slice(0, -1);
          expect(kept.filter((message) => message.role === 'user').length).toBeLessThanOrEqual(5);
          const tokens = kept.reduce((sum, message) => sum + estimateTokens(message.content), 0);
          expect(kept.length <= 2 || tokens <= 300).toBe(true);
          for (const message of kept) expect(message.content.length).toBeLessThanOrEqual(2000);
        },
      ),
      { numRuns: 200 },
    );
  });
});
