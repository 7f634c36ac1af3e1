import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { silentLogger } from '../../core/index.js';
import { callTool } from './tool-call.js';
import { createToolbox } from './toolbox.js';

it.each([
  ['zh-CN', '没有这个功能'],
  ['en-GB', 'there is no tool of that name'],
  [undefined, 'there is no tool of that name'],
])('an error is in the language of the conversation, because small models repeat it: %s', async (language, error) => {
  const options = { clock: new FakeClock(), log: silentLogger };
  const toolbox = createToolbox({ sources: [], ...(language !== undefined && { language }), ...options });
  const call = { id: 'a', name: 'fly', arguments: {} };
  const { text } = await callTool(
    toolbox,
    call,
    { ...options, allowed: true, maxChars: 4000 },
    new AbortController().signal,
  );
  expect(JSON.parse(text)).toEqual({ ok: false, error });
});
