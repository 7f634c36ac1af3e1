import { afterEach, expect, it } from 'vitest';
import { silentLogger } from '../../src/core/index.js';
import {
  changeRoleTool,
  CHANGE_ROLE,
  HANDOFF,
  type ToolDevice,
  type ToolSource,
} from '../../src/conversation/tools/index.js';
import { createToolbox } from '../../src/conversation/tools/toolbox.js';
import type { Agent } from '../../src/records/index.js';
import { FakeConversation } from '../fakes/fake-conversation.js';
import { FakeRecognizer } from '../fakes/fake-recognizer.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const PIRATE: Agent = { id: 'pirate', name: 'Pirate', voice: 'parrot', exitWords: ['ashore'] };
const TEACHER: Agent = {
  id: 'teacher',
  name: '英语老师',
  recognition: 'cloud',
  voice: 'sonia',
  language: 'zh-CN',
  exitWords: ['下课'],
};
let world: World;
afterEach(() => endWorld(world));

/** A device whose agent is a pirate. It may switch to a teacher. */
function roleWorld() {
  const ended: (string | undefined)[] = [];
  const answers: (string | undefined)[] = [];
  const talks = new Map<string, FakeConversation>();
  const summaries: (string | undefined)[] = [];
  let tool: ToolSource | undefined;
  let device: ToolDevice | undefined;
  world = createWorld({
    agentOf: () => Promise.resolve(PIRATE),
    conversation: (identity, agent) => {
      const talk = new FakeConversation(world.clock);
      talks.set(`${agent?.id} in ${identity.language}`, talk);
      return talk;
    },
    tools: (given) => {
      device = given;
      const roles = (): (Agent | undefined)[] =>
        [PIRATE, TEACHER, undefined].filter((role) => role?.id !== given.agent()?.id);
      const change = (role: Agent | undefined, summary: string | undefined): Promise<void> => {
        summaries.push(summary);
        return Promise.resolve(given.change(role));
      };
      tool = changeRoleTool({ language: () => given.identity.language, roles, change });
      const toolbox = createToolbox({ sources: [tool], clock: world.clock, log: silentLogger });
      return { toolbox, onMessage: () => undefined };
    },
    onTurn: (_turn, complete) => answers.push(complete.answerText),
    onEnded: (_device, agent) => ended.push(agent?.id),
  });
  return { ended, answers, talks, summaries, tool: () => tool, device: () => device };
}

it('another agent takes over after the turn that called it: prompt, voice, language, exit words', async () => {
  const { ended, talks, tool } = roleWorld();
  const { clock, stream, speaking, recognizer, connection, host } = world;
  const cloud = new FakeRecognizer(clock);
  const chosen: string[] = [];
  recognizer.named = (id) => {
    chosen.push(id);
    return cloud;
  };
  await clock.advance(0);
  world.device.start();
  stream().hears('be my English teacher');
  await clock.advance(600);
  expect(tool()?.list()[0]).toMatchObject({
    inputSchema: { properties: { role: { enum: ['英语老师', 'Assistant'] } } },
    effects: 'home',
  });
  expect(await tool()?.call(CHANGE_ROLE, { role: '英语' }, new AbortController().signal)).toEqual({
    text: 'From the next utterance on 英语老师 answers.',
    say: 'All right, here comes 英语老师.',
  });
  await clock.advance(5000);
  stream().hears('hello');
  await clock.advance(5000);
  expect(speaking.replies.map(({ options }) => [options.voice, options.language])).toEqual([
    ['parrot', 'en-US'],
    ['sonia', 'zh-CN'],
  ]);
  expect(chosen).toEqual(['cloud']);
  expect(cloud.requests).toMatchObject([{ language: 'zh-CN' }]);
  expect(recognizer.requests.map(({ language }) => language)).not.toContain('zh-CN');
  expect(talks.get('pirate in en-US')?.history.map(({ user }) => user)).toEqual(['be my English teacher']);
  expect(talks.get('teacher in zh-CN')?.history.map(({ user }) => user)).toEqual(['hello']);
  expect(ended).toEqual(['pirate']);
  expect(host.recentTurns().map(({ agentId, language }) => [agentId, language])).toEqual([
    ['pirate', 'en-US'],
    ['teacher', 'zh-CN'],
  ]);
  stream().hears('ashore');
  await clock.advance(5000);
  expect(connection.closedFor).toBeUndefined();
  stream().hears('下课');
  await clock.advance(5000);
  expect(connection.closedFor).toBeDefined();
  expect(ended).toEqual(['pirate', 'teacher']);
});

it('a sound that ends while the answer is spoken does not make another agent take over', async () => {
  const { tool } = roleWorld();
  const { clock, stream, host } = world;
  await clock.advance(0);
  world.device.start('realtime');
  stream().hears('be my English teacher');
  await clock.advance(600);
  await tool()?.call(CHANGE_ROLE, { role: '英语' }, new AbortController().signal);
  stream().bargesIn();
  await clock.advance(200);
  stream().piece('');
  stream().ended();
  await clock.advance(8000);
  expect(host.recentTurns().map(({ agentId, outcome }) => [agentId, outcome])).toEqual([
    ['pirate', 'empty'],
    ['pirate', 'answered'],
  ]);
});

it('an agent hands the conversation over with a summary, and never without one', async () => {
  const { tool, device, summaries } = roleWorld();
  await world.clock.advance(0);
  const { signal } = new AbortController();
  const hand = async (input: Record<string, unknown>) => tool()?.call(HANDOFF, input, signal);
  for (const summary of [undefined, ' ', 7])
    await expect(hand({ role: '英语老师', summary })).rejects.toThrow('summary is missing');
  await expect(hand({ role: 'nurse', summary: 'x' })).rejects.toThrow('there are only');
  expect(summaries).toEqual([]);
  await hand({ role: '英语老师', summary: 'Mia wants to practise the past tense.' });
  expect(summaries).toEqual(['Mia wants to practise the past tense.']);
  world.device.start();
  world.stream().hears('hello');
  await world.clock.advance(5000);
  expect(device()?.agent()).toEqual(TEACHER);
});

it('an unknown role is refused with a list of the roles, among them the configured assistant', async () => {
  const { tool, device } = roleWorld();
  await world.clock.advance(0);
  const { signal } = new AbortController();
  await expect(tool()?.call(CHANGE_ROLE, { role: 'nurse' }, signal)).rejects.toMatchObject({
    message: 'there are only: 英语老师, Assistant',
  });
  await expect(tool()?.call(CHANGE_ROLE, { role: ' ' }, signal)).rejects.toThrow('there are only');
  expect(await tool()?.call(CHANGE_ROLE, { role: 'assistant' }, signal)).toMatchObject({
    say: 'All right, here comes Assistant.',
  });
  expect(device()?.agent()).toEqual(PIRATE);
});

it('the heard part of an answer is recorded in its own turn, without any part of the previous one', async () => {
  const { talks, answers } = roleWorld();
  await world.clock.advance(0);
  world.device.start();
  world.stream().hears('one');
  await world.clock.advance(5000);
  const talk = talks.get('pirate in en-US');
  if (talk) talk.sentences = [];
  world.stream().hears('two');
  await world.clock.advance(5000);
  expect(answers).toEqual(['One. Two.', undefined]);
  expect(talk?.history).toMatchObject([
    { user: 'one', reply: 'One. Two.' },
    { user: 'two', reply: '' },
  ]);
});
