import { describe, expect, it } from 'vitest';
import { ChorusError, silentLogger } from '../../core/index.js';
import type { ChatMessage, LlmDelta, LlmProvider } from './llm-port.js';
import { withShorterHistory } from './with-shorter-history.js';

function scripted(bearable: number): { readonly llm: LlmProvider; readonly asked: (readonly ChatMessage[])[] } {
  const asked: (readonly ChatMessage[])[] = [];
  const llm: LlmProvider = {
    id: 'scripted',
    local: true,
    async *stream({ messages }): AsyncGenerator<LlmDelta> {
      asked.push(messages);
      await Promise.resolve();
      if (messages.length > bearable) throw new ChorusError('llm.too_long', 'scripted');
      yield { type: 'text', text: 'Well.' };
    },
  };
  return { llm, asked };
}

const talk = (exchanges: number): ChatMessage[] => [
  { role: 'system', content: 'Be kind.' },
  ...Array.from({ length: exchanges }, (_, n): ChatMessage[] => [
    { role: 'user', content: `question ${n}` },
    { role: 'assistant', content: `answer ${n}` },
  ]).flat(),
  { role: 'user', content: 'now' },
];

async function ask(llm: LlmProvider, messages: readonly ChatMessage[]): Promise<string> {
  const request = { messages, tools: [], maxTokens: 10, language: 'en', timeZone: 'UTC' };
  let text = '';
  for await (const delta of withShorterHistory(llm, silentLogger).stream(request, new AbortController().signal))
    if (delta.type === 'text') text += delta.text;
  return text;
}

describe('withShorterHistory', () => {
  it('asks again with the prompt and the newer half, starting at a question', async () => {
    const { llm, asked } = scripted(6);
    expect(await ask(llm, talk(4))).toBe('Well.');
    expect(asked[1]?.map(({ content }) => content)).toEqual(['Be kind.', 'question 3', 'answer 3', 'now']);
  });

  it('retries once only, and not if nothing can be left out', async () => {
    const short = scripted(1);
    await expect(ask(short.llm, talk(8))).rejects.toMatchObject({ code: 'llm.too_long' });
    expect(short.asked).toHaveLength(2);
    const alone = scripted(1);
    await expect(ask(alone.llm, talk(0))).rejects.toMatchObject({ code: 'llm.too_long' });
    expect(alone.asked).toHaveLength(1);
  });
});
