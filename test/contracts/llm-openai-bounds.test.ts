import { describe, expect, it } from 'vitest';
import { describeError, quoting, type ChorusError } from '../../src/core/index.js';
import { redact } from '../../src/platform/telemetry/redaction.js';
import { FakeClock, settle } from '../fakes/fake-clock.js';
import { done, event, finish, reply, text } from '../fakes/llm-server.js';
import { codeOf, live, openAiSubject } from './llm-openai.subject.js';
import { collect, failure, REQUEST, textOf } from '../../src/plugin/testing/language-model.js';

const { server, llm } = await openAiSubject();

describe('time limits', () => {
  it('closes the connection if no first token comes', async () => {
    const clock = new FakeClock();
    server.script({ kind: 'silence' });
    const result = codeOf(llm({ clock }).stream(REQUEST, live()));
    await server.received(1);
    await clock.advance(7999);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    expect(await result).toBe('llm.timeout');
    await server.requests[0]!.clientGone;
    expect(clock.pending).toBe(0);
  });

  it('closes the connection if the stream stalls', async () => {
    const clock = new FakeClock();
    server.script({ kind: 'sse', chunks: [text('Once')], end: 'stall' });
    const stream = llm({ clock }).stream(REQUEST, live())[Symbol.asyncIterator]();
    expect(await stream.next()).toMatchObject({ value: { type: 'text', text: 'Once' } });
    const next = stream.next().then(
      () => undefined,
      (error: unknown) => error,
    );
    await settle();
    await clock.advance(8000);
    expect(await next).toMatchObject({ code: 'llm.timeout' });
    await server.requests[0]!.clientGone;
  });

  it('do not count the time in which the reader pauses the stream', async () => {
    const clock = new FakeClock();
    server.script(reply('one ', 'two ', 'three'));
    const heard: string[] = [];
    for await (const delta of llm({ clock, limits: { silenceMs: 8000, replyMs: 10_000 } }).stream(REQUEST, live())) {
      if (delta.type === 'text') heard.push(delta.text);
      await clock.advance(30_000);
    }
    expect(heard).toEqual(['one ', 'two ', 'three']);
  });
});

describe('an answer without end', () => {
  const piece = 'x'.repeat(64 * 1024);

  it('is not kept: neither one endless line, nor one event of many lines', async () => {
    for (const chunk of [piece, `data: ${piece}\n`]) {
      server.script({ kind: 'sse', chunks: ['data: ', ...Array.from({ length: 40 }, () => chunk)], end: 'stall' });
      const error = await failure(llm().stream(REQUEST, live()));
      expect(error).toMatchObject({
        code: 'llm.failed',
        message: 'an event of the answer is longer than 1048576 bytes',
      });
    }
  });

  it('differs from a long answer, which arrives event by event', async () => {
    const words = Array.from({ length: 30 }, () => text(piece));
    server.script({ kind: 'sse', chunks: [...words, finish(), done] });
    expect(textOf(await collect(llm().stream(REQUEST, live())))).toHaveLength(30 * piece.length);
  });
});

describe('a service that quotes the request', () => {
  const SAID = 'He was not an ill-disposed young man';
  const quoted = {
    error: { message: `Your input "${SAID}" was refused`, code: 'content_filter', type: 'invalid_request' },
  };
  it.each([
    ['a quote in a refusal', { kind: 'status', status: 400, body: JSON.stringify(quoted) }],
    ['a quote in a server error', { kind: 'status', status: 500, body: `<p>${SAID}</p>` }],
    ['a quote in an event', { kind: 'sse', chunks: [event(quoted)] }],
    ['a quote as the code', { kind: 'status', status: 400, body: JSON.stringify({ error: { code: SAID } }) }],
    ['a quote in broken JSON', { kind: 'sse', chunks: [`data: {"You said: ${SAID}\n\n`] }],
  ] as const)('%s is in no message, cause or log line', async (_name, script) => {
    server.script(script);
    const error = (await failure(llm().stream(REQUEST, live()))) as ChorusError;
    expect(error.code).toMatch(/^llm\./);
    const logged = JSON.stringify(redact({ error }, { transcripts: false }));
    for (const text of [logged, describeError(error, 'en'), describeError(error, 'zh')])
      expect(text).not.toContain('disposed');
  });

  it('is quoted only if a request is about no person or transcripts are logged; code and type always are', async () => {
    server.script({ kind: 'status', status: 400, body: JSON.stringify(quoted) });
    const error = (await failure(llm().stream(REQUEST, live()))) as ChorusError;
    expect(error.message).toBe('HTTP 400, content_filter, invalid_request');
    expect((quoting(error) as ChorusError).message).toContain(SAID);
    expect(describeError(quoting(error), 'zh')).toContain(SAID);
    expect(JSON.stringify(redact({ error }, { transcripts: true }))).toContain(SAID);
  });
});
