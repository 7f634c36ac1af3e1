import { expect, it } from 'vitest';
import { z } from 'zod';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { identityOf } from '../../../test/fakes/fake-connection.js';
import { Scope, silentLogger } from '../../core/index.js';
import type { Agent } from '../../records/index.js';
import { ServerTools } from './server-tools.js';
import { openSessionTools } from './session-tools.js';
import { defineTool, type ToolContext } from './tool.js';

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
