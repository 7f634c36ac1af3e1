import { expect, it } from 'vitest';
import { failureOf } from './json-news.js';

it('classifies failures by their message, of which a limited part is read', () => {
  expect(failureOf('429', 'too many requests').code).toBe('rate_limited');
  expect(failureOf('', 'Invalid API key').code).toBe('rejected');
  const { code, message } = failureOf('x', `${'invalid '.repeat(100_000)}key`);
  expect([code, message.length]).toEqual(['failed', 500]);
});
