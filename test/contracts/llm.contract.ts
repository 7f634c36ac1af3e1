import { expect, it } from 'vitest';
import type { LlmDelta, LlmProvider, LlmRequest } from '../../src/providers/llm/llm-port.js';

export const REQUEST: LlmRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What is twelve times seven?' },
  ],
  tools: [],
  maxTokens: 300,
  language: 'en-US',
  timeZone: 'Europe/Berlin',
};

export const VOLUME_TOOLS: LlmRequest['tools'] = [
  {
    name: 'self_get_device_status',
    description: 'The state of the device',
    inputSchema: { type: 'object', properties: {} },
  },
  {
    name: 'self_audio_speaker_set_volume',
    description: 'Sets the volume',
    inputSchema: {
      type: 'object',
      properties: { volume: { type: 'integer', minimum: 0, maximum: 100 } },
      required: ['volume'],
    },
  },
];

export async function collect(stream: AsyncIterable<LlmDelta>): Promise<LlmDelta[]> {
  const deltas: LlmDelta[] = [];
  for await (const delta of stream) deltas.push(delta);
  return deltas;
}

export function textOf(deltas: readonly LlmDelta[]): string {
  return deltas.map((delta) => (delta.type === 'text' ? delta.text : '')).join('');
}

export async function failure(stream: AsyncIterable<LlmDelta>): Promise<unknown> {
  try {
    await collect(stream);
  } catch (error) {
    return error;
  }
  throw new Error('the stream did not fail');
}

export interface LlmContract {
  /** Answers {@link REQUEST} with a text that says 84. */
  answering(): LlmProvider;
  /** Answers "Set the volume to fifty" with a call of the volume tool, and its result with a sentence. */
  controlling(): LlmProvider;
}

/** What every LlmProvider does, whoever answers behind it. */
export function llmContract(contract: LlmContract): void {
  it('streams its answer as text and ends', async () => {
    const deltas = await collect(contract.answering().stream(REQUEST, new AbortController().signal));
    expect(textOf(deltas)).toContain('84');
  });

  it('answers several requests at once, each its own', async () => {
    const llm = contract.answering();
    const answers = await Promise.all([1, 2, 3].map(() => collect(llm.stream(REQUEST, new AbortController().signal))));
    for (const deltas of answers) expect(textOf(deltas)).toContain('84');
  });

  it('rejects with the reason when the signal is aborted before', async () => {
    const reason = new Error('nobody listens');
    expect(await failure(contract.answering().stream(REQUEST, AbortSignal.abort(reason)))).toBe(reason);
  });

  it('can be left in the middle', async () => {
    for await (const delta of contract.answering().stream(REQUEST, new AbortController().signal)) {
      expect(delta).toBeDefined();
      break;
    }
  });

  it('calls a tool that is offered, with parsed arguments, and speaks about its result', async () => {
    const llm = contract.controlling();
    const asked = [{ role: 'user', content: 'Set the volume to fifty.' }] as const;
    const first = await collect(
      llm.stream({ ...REQUEST, messages: asked, tools: VOLUME_TOOLS }, new AbortController().signal),
    );
    const calls = first.flatMap((delta) => (delta.type === 'tool_call' ? [delta.call] : []));
    expect(calls).toMatchObject([{ name: 'self_audio_speaker_set_volume', arguments: { volume: 50 } }]);
    const [call] = calls;
    const messages = [
      ...asked,
      { role: 'assistant', content: '', toolCalls: calls },
      { role: 'tool', toolCallId: call!.id, name: call!.name, content: '{"ok":true,"result":"true"}' },
    ] as const;
    const second = await collect(
      llm.stream({ ...REQUEST, messages, tools: VOLUME_TOOLS }, new AbortController().signal),
    );
    expect(textOf(second)).toContain('50');
    expect(second.some((delta) => delta.type === 'tool_call')).toBe(false);
  });
}
