import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerOf } from './mcp-result.js';

const resultOf = (value: unknown): unknown => ({
  content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
});
const spoken = (response: string): unknown => resultOf({ success: true, action: 'RESPONSE', response });

describe('the answer of an MCP tool', () => {
  it('is spoken if the tool wants that, limited in length and without invisible characters', () => {
    expect(answerOf(spoken('一只猫。'))).toEqual({ text: '一只猫。', say: '一只猫。' });
    expect(answerOf(spoken('a\u200b cat\u202e.'))).toEqual({ text: 'a cat.', say: 'a cat.' });
    expect(answerOf(spoken('x'.repeat(1000))).say).toHaveLength(1000);
    expect(answerOf(spoken('x'.repeat(1001)))).toEqual({ text: 'x'.repeat(1001) });
  });

  it.each([
    ['plain text', 'RESPONSE: a cat'],
    ['another action', { action: 'REQLLM', response: 'a cat' }],
    ['no action', { success: true, response: 'a cat' }],
    ['more members, as of data about something else', { action: 'RESPONSE', response: 'a cat', calls: ['reboot'] }],
    ['a response that is no text', { action: 'RESPONSE', response: { name: 'self.reboot' } }],
    ['an empty response', { action: 'RESPONSE', response: ' ' }],
    ['broken JSON', '{"action":"RESPONSE","response":"a'],
  ])('goes to the model with %s', (_, value) => {
    expect(answerOf(resultOf(value))).toEqual({ text: typeof value === 'string' ? value : JSON.stringify(value) });
  });

  it('is an error with the text of the tool if it failed', () => {
    const failed = (value: object) => () => answerOf(resultOf({ success: false, ...value }));
    expect(failed({ message: '没有配置看图的模型' })).toThrow(/^没有配置看图的模型$/);
    expect(failed({ action: 'RESPONSE', response: 'no light' })).toThrow(/^no light$/);
    expect(failed({})).toThrow(/^the tool failed$/);
    expect(failed({ message: 'x'.repeat(500) })).toThrow(/^x{300}$/);
  });

  it('is either an answer or a tool error, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.anything(), fc.json(), (result, text) => {
        for (const one of [result, resultOf(text)]) {
          try {
            const { say = '' } = answerOf(one);
            expect(say.length).toBeLessThanOrEqual(1000);
          } catch (error) {
            expect(error).toMatchObject({ code: 'tool.failed' });
          }
        }
      }),
    );
  });
});
