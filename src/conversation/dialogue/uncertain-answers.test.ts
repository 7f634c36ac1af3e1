import { describe, expect, it } from 'vitest';
import { CountingMetrics } from '../../../test/fakes/counting-metrics.js';
import { settle } from '../../../test/fakes/fake-clock.js';
import {
  answering,
  box,
  call,
  conversation,
  input,
  live,
  model,
  parts,
  spoken,
  text,
} from '../../../test/fakes/scripted-conversation.js';
import { Cancelled } from '../../core/index.js';
import type { ReplyPart } from './conversation-port.js';
import type { Certainty } from '../../providers/llm/llm-port.js';

describe('a speculative answer', () => {
  function guess(): { certainty: Certainty; confirm: () => void } {
    let confirm = (): void => undefined;
    let certain = false;
    const confirmed = new Promise<void>((resolve) => {
      confirm = (): void => {
        certain = true;
        resolve();
      };
    });
    const aborted = (signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
    return {
      confirm,
      certainty: {
        get certain() {
          return certain;
        },
        whenCertain: (signal) => Promise.race([confirmed, aborted(signal)]),
      },
    };
  }

  it('calls no tool with effects before it is certain', async () => {
    const { llm, requests } = model([text('Let me see. '), call('status')], [text('It is 40.')]);
    const { tools, calls } = box({ status: '40' });
    const { certainty, confirm } = guess();
    const heard: ReplyPart[] = [];
    const metrics = new CountingMetrics();
    const reading = (async (): Promise<void> => {
      for await (const part of conversation(llm, { metrics }).respond(
        { ...input('how loud?', tools), certainty },
        live(),
      ))
        heard.push(part);
    })();
    await settle();
    expect(spoken(heard)).toBe('Let me see.');
    expect(calls).toEqual([]);
    confirm();
    await reading;
    expect(spoken(heard)).toBe('Let me see. It is 40.');
    expect(calls).toHaveLength(1);
    expect(requests.every((request) => request.certainty === certainty)).toBe(true);
    expect(metrics.of('chorus_llm_wasted_tokens_total')).toEqual({});
  });

  it('calls a tool without effects at once', async () => {
    const { llm } = model([call('farewell')], [text('It is 40.')]);
    const { certainty, confirm } = guess();
    const heard: ReplyPart[] = [];
    const reading = (async (): Promise<void> => {
      for await (const part of conversation(llm).respond(
        { ...input('how loud?', answering({ text: '40' })), certainty },
        live(),
      ))
        heard.push(part);
    })();
    await settle();
    expect(spoken(heard)).toBe('It is 40.');
    confirm();
    await reading;
  });

  it('has called no tool with effects when it is cancelled, and its tokens count as wasted', async () => {
    for (const [script, wasted] of [
      [[call('status'), { type: 'usage', inputTokens: 70, outputTokens: 9 }], { input: 70, output: 9 }],
      [[text('Seven is a number.'), call('status')], { input: expect.any(Number), output: 6 }],
    ] as const) {
      const { tools, calls } = box({ status: '40' });
      const controller = new AbortController();
      const metrics = new CountingMetrics();
      const reason = new Error('speech goes on');
      const reading = parts(
        conversation(model(script).llm, { metrics }).respond(
          { ...input('how loud?', tools), certainty: guess().certainty },
          controller.signal,
        ),
      );
      const result = reading.catch((error: unknown) => error);
      await settle();
      controller.abort(reason);
      expect(await result).toBe(reason);
      expect(calls).toEqual([]);
      expect(metrics.of('chorus_llm_wasted_tokens_total')).toEqual(wasted);
      expect(metrics.of('chorus_llm_wasted_tokens_total')['input']).toBeGreaterThan(40);
    }
  });

  it('counts the tokens of all its requests as wasted', async () => {
    const { llm } = model(
      [call('farewell'), { type: 'usage', inputTokens: 70, outputTokens: 9 }],
      [text('It is 40.'), { type: 'usage', inputTokens: 90, outputTokens: 5 }],
    );
    const metrics = new CountingMetrics();
    const controller = new AbortController();
    const question = { ...input('how loud?', answering({ text: '40' })), certainty: guess().certainty };
    const reading = parts(conversation(llm, { metrics }).respond(question, controller.signal));
    const result = reading.catch(() => 'given up');
    await settle();
    controller.abort(new Error('speech goes on'));
    expect(await result).toBe('given up');
    expect(metrics.of('chorus_llm_wasted_tokens_total')).toEqual({ input: 160, output: 14 });
  });

  it('counts as wasted if it is cancelled after its end, otherwise not', async () => {
    for (const wanted of [true, false]) {
      const { llm } = model([text('Fine.'), { type: 'usage', inputTokens: 70, outputTokens: 2 }]);
      const { certainty, confirm } = guess();
      const metrics = new CountingMetrics();
      const controller = new AbortController();
      const reading = parts(
        conversation(llm, { metrics }).respond({ ...input('hi'), certainty }, controller.signal),
      ).then(spoken, () => 'given up');
      await settle();
      if (wanted) confirm();
      else controller.abort(new Error('speech goes on'));
      expect(await reading).toBe(wanted ? 'Fine.' : 'given up');
      expect(metrics.of('chorus_llm_wasted_tokens_total')).toEqual(wanted ? {} : { input: 70, output: 2 });
    }
  });

  it('counts no tokens as wasted if it was refused before the model saw it', async () => {
    const metrics = new CountingMetrics();
    const { llm } = model([new Cancelled('no place')]);
    await expect(
      parts(conversation(llm, { metrics }).respond({ ...input('hi'), certainty: guess().certainty }, live())),
    ).rejects.toBeInstanceOf(Cancelled);
    expect(metrics.counts).toEqual({});
  });
});
