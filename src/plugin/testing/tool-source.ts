import assert from 'node:assert/strict';
import type { ToolSource } from '../../conversation/tools/index.js';
import { codeOf, failureOf, live, type It } from './suite.js';

export interface ToolSourceSubject {
  readonly source: ToolSource;
  /** A tool with an integer field `volume`. `answers` is a part of its answer for the volume 30. */
  readonly working: { readonly name: string; readonly answers: string };
  /** `flooding` answers a million characters, `failing` fails with "out of paper", and `hanging` never answers. */
  readonly flooding: string;
  readonly failing: string;
  readonly hanging: string;
  /** Advances the clock until every time limit of a call has passed. */
  readonly pass: () => Promise<void>;
}

const answerOf = async ({ source, working }: ToolSourceSubject, volume: unknown): Promise<string> =>
  (await source.call(working.name, { volume }, live())).text;

/** The contract of every source of tools. `make` is called for each test. */
export function toolSourceContract(it: It, make: () => Promise<ToolSourceSubject> | ToolSourceSubject): void {
  it('lists tools that models accept', async () => {
    const { source } = await make();
    const tools = source.list();
    assert.ok(tools.length > 0);
    assert.equal(new Set(tools.map(({ name }) => name)).size, tools.length);
    for (const { name, inputSchema } of tools) {
      assert.match(name, /^[a-zA-Z0-9_-]{1,64}$/);
      assert.equal(inputSchema['type'], 'object');
      assert.equal(typeof inputSchema['properties'], 'object');
    }
  });

  it('calls a tool, also when the model writes a number as text', async () => {
    const subject = await make();
    for (const volume of [30, '30']) assert.ok((await answerOf(subject, volume)).includes(subject.working.answers));
  });

  it('refuses a name that is not listed', async () => {
    const { source } = await make();
    for (const name of ['', 'nothing', 'constructor', '__proto__'])
      assert.equal(codeOf(await failureOf(() => source.call(name, {}, live()))), 'tool.failed');
  });

  it('limits the length of an answer', async () => {
    const { source, flooding } = await make();
    assert.ok((await source.call(flooding, {}, live())).text.length <= 16_000);
  });

  it('reports a failure in the words of the tool, in short, and still works', async () => {
    const subject = await make();
    const error = await failureOf(() => subject.source.call(subject.failing, {}, live()));
    assert.equal(codeOf(error), 'tool.failed');
    assert.match((error as Error).message, /out of paper/);
    assert.ok((error as Error).message.length <= 300);
    assert.ok((await answerOf(subject, 30)).includes(subject.working.answers));
  });

  it('times out for a tool that never answers', async () => {
    const { source, hanging, pass } = await make();
    const called = failureOf(() => source.call(hanging, {}, live()));
    await pass();
    assert.equal(codeOf(await called), 'tool.timeout');
  });

  it('rejects at once with the reason of an aborted signal', async () => {
    const { source, hanging } = await make();
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const called = failureOf(() => source.call(hanging, {}, controller.signal));
    controller.abort(reason);
    assert.equal(await called, reason);
    assert.equal(await failureOf(() => source.call(hanging, {}, controller.signal)), reason);
  });
}
