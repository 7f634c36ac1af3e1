import { expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { identityOf } from '../../../test/fakes/fake-connection.js';
import { Scope, silentLogger } from '../../core/index.js';
import type { Agent } from '../../records/index.js';
import { ServerTools } from './server-tools.js';
import { openSessionTools } from './session-tools.js';
import { defineTool, type ToolContext } from './tool.js';
import { TOOL_TEXTS } from './words.js';

it('a tool gets the agent, its place and the person who talks, as they are at the time of the call', async () => {
  const clock = new FakeClock();
  const told: Partial<ToolContext>[] = [];
  const tool = defineTool({
    name: 'a',
    words: { en: 'A tool', zh: '工具' },
    input: z.object({}),
    effects: 'none',
    run: (_input, { agentId, place, person }) => {
      told.push({ agentId, place, person });
      return '';
    },
  });
  let agent: Agent | undefined;
  let person: string | undefined;
  const { toolbox } = openSessionTools(
    {
      identity: identityOf(),
      scope: new Scope('test', () => undefined),
      send: () => undefined,
      command: () => undefined,
      agent: () => agent,
      person: () => person,
      change: () => undefined,
    },
    { server: [new ServerTools({ id: 'server', tools: [tool], clock })], clock, log: silentLogger },
  );
  const call = (): Promise<unknown> => toolbox.call('a', {}, new AbortController().signal);
  await call();
  agent = { id: 'coach', name: 'Coach', place: 'Hamburg' };
  person = 'Anna';
  await call();
  expect(told).toEqual([
    { agentId: undefined, place: undefined, person: undefined },
    { agentId: 'coach', place: 'Hamburg', person: 'Anna' },
  ]);
});

it('a tool of the device asks and reports in the language of the current question', async () => {
  let language = 'en-US';
  const identity = {
    ...identityOf(),
    get language() {
      return language;
    },
  };
  const tools = openSessionTools(
    {
      identity,
      scope: new Scope('test', () => undefined),
      send: () => undefined,
      command: () => undefined,
      agent: () => undefined,
      change: () => undefined,
    },
    { server: [], clock: new FakeClock(), log: silentLogger },
  );
  const methods = { Reboot: { description: 'Restarts it' }, Blink: { description: 'Blinks' } };
  tools.onIot?.({ type: 'iot', session_id: undefined, descriptors: [{ name: 'Board', methods }], states: [] });
  const call = (name: string): Promise<unknown> => tools.toolbox.call(name, {}, new AbortController().signal);
  await expect(call('Board_Reboot')).rejects.toMatchObject({ details: { ask: 'Shall I restart the device?' } });
  language = 'zh-CN';
  await expect(call('Board_Reboot')).rejects.toMatchObject({ details: { ask: '要重启设备吗？' } });
  expect(await call('Board_Blink')).toEqual({ text: TOOL_TEXTS.zh.device.sent });
  expect(tools.toolbox.language).toBe('zh-CN');
});
