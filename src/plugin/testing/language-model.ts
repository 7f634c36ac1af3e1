import assert from 'node:assert/strict';
import type { LlmDelta, LlmProvider, LlmRequest } from '../../providers/llm/llm-port.js';
import { failureOf, live, type It } from './suite.js';

/** A question whose answer is 84. */
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

/** Tools like those of a device. */
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

export const failure = (stream: AsyncIterable<LlmDelta>): Promise<unknown> => failureOf(() => collect(stream));

export interface LlmSubject {
  /** Returns a model that answers {@link REQUEST} with a text that contains 84. */
  answering(): LlmProvider;
  /**
   * Returns a model that answers "Set the volume to fifty" with a call of the volume tool. It answers the tool's result
   * with a sentence that contains 50, and calls no other tool.
   */
  controlling(): LlmProvider;
}

const says84 = (deltas: readonly LlmDelta[]): void => assert.match(textOf(deltas), /84/);

/** The contract of every language model, independent of the service behind it. */
export function llmContract(it: It, subject: LlmSubject): void {
  it('streams its answer as text and ends', async () => {
    says84(await collect(subject.answering().stream(REQUEST, live())));
  });

  it('answers concurrent requests independently', async () => {
    const llm = subject.answering();
    const answers = await Promise.all([1, 2, 3].map(() => collect(llm.stream(REQUEST, live()))));
    for (const deltas of answers) says84(deltas);
  });

  it('rejects with the reason of a signal that is already aborted', async () => {
    const reason = new Error('nobody listens');
    assert.equal(await failure(subject.answering().stream(REQUEST, AbortSignal.abort(reason))), reason);
  });

  it('stops when the reader leaves', async () => {
    for await (const delta of subject.answering().stream(REQUEST, live())) {
      assert.notEqual(delta, undefined);
      break;
    }
  });

  it('calls an offered tool with parsed arguments, and answers with its result', async () => {
    const llm = subject.controlling();
    const asked = [{ role: 'user', content: 'Set the volume to fifty.' }] as const;
    const ask = (messages: LlmRequest['messages']): Promise<LlmDelta[]> =>
      collect(llm.stream({ ...REQUEST, messages, tools: VOLUME_TOOLS }, live()));
    const first = await ask(asked);
    const calls = first.flatMap((delta) => (delta.type === 'tool_call' ? [delta.call] : []));
    assert.deepEqual(
      calls.map(({ name, arguments: given }) => ({ name, given })),
      [{ name: 'self_audio_speaker_set_volume', given: { volume: 50 } }],
    );
    const [call] = calls;
    assert.ok(call);
    const second = await ask([
      ...asked,
      { role: 'assistant', content: '', toolCalls: calls },
      { role: 'tool', toolCallId: call.id, name: call.name, content: '{"ok":true,"result":"true"}' },
    ]);
    assert.match(textOf(second), /50/);
    assert.equal(
      second.some((delta) => delta.type === 'tool_call'),
      false,
    );
  });
}
