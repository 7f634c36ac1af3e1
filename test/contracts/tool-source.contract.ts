import { expect, it } from 'vitest';
import { ChorusError } from '../../src/core/index.js';
import type { ToolSource } from '../../src/conversation/tools/index.js';

export interface ToolSourceSubject {
  readonly source: ToolSource;
  /** A tool with an integer field `volume`, and what its answer contains when that is 30. */
  readonly working: { readonly name: string; readonly answers: string };
  /** A tool whose answer is a million characters, one that fails with the words "out of paper", one that never answers. */
  readonly flooding: string;
  readonly failing: string;
  readonly hanging: string;
  /** Time goes on until every limit of a call is over. */
  readonly pass: () => Promise<void>;
}

const live = (): AbortSignal => new AbortController().signal;

/** What every source of tools must do, whatever stands behind it. `make` is called for each test. */
export function toolSourceContract(make: () => Promise<ToolSourceSubject> | ToolSourceSubject): void {
  const codeOf = (error: unknown): string => (error instanceof ChorusError ? error.code : String(error));

  it('lists tools that models accept', async () => {
    const { source } = await make();
    const tools = source.list();
    expect(tools.length).toBeGreaterThan(0);
    expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
    for (const { name, inputSchema } of tools) {
      expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(inputSchema).toMatchObject({ type: 'object', properties: expect.any(Object) });
    }
  });

  it('calls a tool, also when the model writes a number as text', async () => {
    const { source, working } = await make();
    for (const volume of [30, '30'])
      expect((await source.call(working.name, { volume }, live())).text).toContain(working.answers);
  });

  it('refuses a name that is not listed', async () => {
    const { source } = await make();
    for (const name of ['', 'nothing', 'constructor', '__proto__'])
      expect(await source.call(name, {}, live()).catch(codeOf)).toBe('tool.failed');
  });

  it('bounds an answer', async () => {
    const { source, flooding } = await make();
    expect((await source.call(flooding, {}, live())).text.length).toBeLessThanOrEqual(16_000);
  });

  it('tells a failure in the words of the tool, shortly, and goes on', async () => {
    const { source, failing, working } = await make();
    const error: unknown = await source.call(failing, {}, live()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'tool.failed', message: expect.stringContaining('out of paper') });
    expect((error as Error).message.length).toBeLessThanOrEqual(300);
    expect((await source.call(working.name, { volume: 30 }, live())).text).toContain(working.answers);
  });

  it('gives up on a tool that never answers', async () => {
    const { source, hanging, pass } = await make();
    const called = source.call(hanging, {}, live()).catch(codeOf);
    await pass();
    expect(await called).toBe('tool.timeout');
  });

  it('ends at once, with the reason, when nobody waits any more', async () => {
    const { source, hanging } = await make();
    const controller = new AbortController();
    const reason = new Error('barge-in');
    const called = source.call(hanging, {}, controller.signal).catch((error: unknown) => error);
    controller.abort(reason);
    expect(await called).toBe(reason);
    expect(await source.call(hanging, {}, controller.signal).catch((error: unknown) => error)).toBe(reason);
  });
}
