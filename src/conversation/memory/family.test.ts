import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/fake-clock.js';
import { silentLogger } from '../../core/index.js';
import { openStore } from '../../platform/store/index.js';
import type { LlmProvider } from '../../providers/llm/llm-port.js';
import { turnRecord } from '../../records/index.js';
import { FactIndex } from './fact-index.js';
import { Memories } from './memories.js';

interface Note {
  readonly name: string | null;
  readonly text: string;
  readonly keywords: readonly string[];
  readonly replaces: string | null;
}
interface Family {
  readonly conversations: readonly { readonly say: readonly [string, string][]; readonly notes: readonly Note[] }[];
  readonly questions: readonly { readonly ask: string; readonly expect: string; readonly not: string | null }[];
}

const TALKER = { deviceId: '02:00:00:00:00:01', language: 'zh-CN', timeZone: 'Asia/Shanghai' };

/** A model that answers with these notes. A note names the facts that it replaces by their numbers in the request. */
function noter(notes: () => readonly Note[]): LlmProvider {
  return {
    id: 'scripted',
    local: true,
    async *stream({ messages }) {
      const asked = messages.at(-1)?.content ?? '';
      const numberOf = (text: string): number[] => {
        const line = asked.split('\n').find((one) => /^\d+\. /.test(one) && one.endsWith(text));
        return line === undefined ? [] : [Number.parseInt(line, 10)];
      };
      const facts = notes().map(({ replaces, ...note }) => ({
        subject: 'person',
        ...note,
        turn: 1,
        replaces: replaces === null ? [] : numberOf(replaces),
      }));
      yield { type: 'text', text: `\`\`\`json\n${JSON.stringify({ facts, forget: [] })}\n\`\`\`` };
    },
  };
}

it('recalls the current facts for 50 questions after 200 family conversations with contradictions', async () => {
  const { conversations, questions } = JSON.parse(await readFile('test/fixtures/family-memory.json', 'utf8')) as Family;
  expect([conversations.length, questions.length]).toEqual([200, 50]);
  const dataDir = await mkdtemp(join(tmpdir(), 'chorus-family-'));
  const store = await openStore({ dataDir });
  await store.seen({ ...TALKER, clientId: 'c', board: undefined, firmwareVersion: undefined }, 1);
  const clock = new FakeClock();
  let notes: readonly Note[] = [];
  const memories = new Memories({
    store: store.memories,
    clock,
    log: silentLogger,
    kindOf: () => 'facts',
    modelOf: () => ({ llm: noter(() => notes), model: undefined }),
    service: () => undefined,
    keptBy: () => Promise.resolve({ devices: [], agents: [] }),
    mayWork: () => true,
  });
  const stop = new AbortController();
  const running = memories.run(stop.signal).catch(() => undefined);
  for (const [at, { say, notes: noted }] of conversations.entries()) {
    memories.open(TALKER, undefined);
    for (const [user, reply] of say)
      memories.note(`turn-${at}`, turnRecord(at, { ...TURN, userText: user, answerText: reply }));
    notes = noted;
    memories.ended(TALKER.deviceId, undefined);
    await clock.advance(2000);
    await memories.settled();
  }
  stop.abort();
  await running;
  const all = await store.memories.memories({ deviceId: TALKER.deviceId });
  const contradicted = questions.filter(({ not }) => not !== null).length;
  expect(all.filter(({ replacedBy }) => replacedBy !== undefined)).toHaveLength(contradicted);
  expect(all.every(({ sourceTurn }) => sourceTurn?.startsWith('turn-'))).toBe(true);

  const index = new FactIndex(all);
  const ranks = questions.map(({ ask, expect: wanted }) => index.recall(ask).findIndex(({ text }) => text === wanted));
  const missed = questions.filter((_, at) => ranks[at] === -1).map(({ ask }) => ask);
  expect(missed).toEqual([]);
  expect(ranks.filter((rank) => rank === 0).length).toBeGreaterThanOrEqual(40);
  for (const { ask, not } of questions)
    expect(index.recall(ask).map(({ text }) => text)).not.toContain(not ?? 'nothing');
  await store.close();
  await rm(dataDir, { recursive: true });
});

const TURN = {
  deviceId: TALKER.deviceId,
  language: 'zh-CN',
  atWallMs: 2,
  utteranceAtWallMs: 1,
  outcome: 'answered',
  mode: 'auto',
  stagesMs: {},
} as const;
