import assert from 'node:assert/strict';
import { ServerTools, wholeText, type Tool } from '../../conversation/tools/index.js';
import { codeOf, failureOf, live, type It } from './suite.js';
import { silentLogger, systemClock } from '../../core/index.js';

export interface ToolSubject {
  readonly tool: Tool;
  /** Valid input. `answers` must match the tool's answer, which may be streamed. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly answers: RegExp;
  /** Input that the tool must refuse. Undefined if the tool accepts any input. */
  readonly wrong?: Readonly<Record<string, unknown>>;
}

/** The contract of every tool. The tool is called as the server calls it. */
export function toolContract(it: It, { tool, input, answers, wrong }: ToolSubject): void {
  const sourceIn = (language: string): ReturnType<ServerTools['for']> =>
    new ServerTools({ id: 'test', tools: [tool], clock: systemClock }).for({
      deviceId: 'a0:85:e3:00:00:01',
      language,
      timeZone: 'Asia/Shanghai',
      log: silentLogger,
    });

  it('describes itself and its input in both languages', async () => {
    for (const language of ['en-US', 'zh-CN']) {
      const [offered] = sourceIn(language).list();
      assert.match(offered?.name ?? '', /^[a-z][a-z0-9_]{0,63}$/);
      assert.ok((offered?.description ?? '').length > 0);
      const fields = Object.entries(offered?.inputSchema['properties'] ?? {}) as [string, { description?: string }][];
      for (const [name, field] of fields) assert.ok(field.description, `${name} has no words in ${language}`);
    }
    await Promise.resolve();
  });

  it('answers', async () => {
    assert.match(await wholeText(await sourceIn('en-US').call(tool.name, input, live())), answers);
  });

  it('refuses invalid input', async () => {
    if (wrong === undefined) return;
    const error = await failureOf(() => sourceIn('en-US').call(tool.name, wrong, live()));
    assert.equal(codeOf(error), 'tool.failed');
  });

  it('ends at once when the signal is aborted', async () => {
    const reason = new Error('barge-in');
    assert.equal(await failureOf(() => sourceIn('en-US').call(tool.name, input, AbortSignal.abort(reason))), reason);
  });
}
