import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Memories } from '../src/conversation/memory/index.js';
import { silentLogger, systemClock as clock } from '../src/core/index.js';
import { percentile } from '../src/measure/statistics.js';
import { openStore, type MemoryRecord } from '../src/platform/store/index.js';
import { atMost, report } from './results.js';

/** Longest allowed wait of a turn for its memory. */
const BOUND_MS = 5;
const FACTS = 1000;
const ROUNDS = 20;
const WARM_UP_ROUNDS = 2;
const TALKER = { deviceId: '02:00:00:00:00:01', language: 'zh-CN', timeZone: 'Asia/Shanghai' };

const BLANK = {
  deviceId: TALKER.deviceId,
  agentId: '',
  kind: 'fact',
  subject: 'person',
  name: undefined,
  sourceTurn: undefined,
  replacedBy: undefined,
  replacedMs: undefined,
} as const;

interface Family {
  readonly conversations: readonly {
    readonly notes: readonly { readonly text: string; readonly keywords: string[] }[];
  }[];
  readonly questions: readonly { readonly ask: string }[];
}

/** Measures the time a turn waits for its relevant facts, among a thousand facts of one device and agent. */
export async function recall(): Promise<boolean> {
  const file = new URL('../test/fixtures/family-memory.json', import.meta.url);
  const { conversations, questions } = JSON.parse(await readFile(file, 'utf8')) as Family;
  const notes = conversations.flatMap(({ notes: some }) => some);
  const dataDir = await mkdtemp(join(tmpdir(), 'chorus-recall-'));
  const store = await openStore({ dataDir });
  try {
    await store.seen({ ...TALKER, clientId: 'c', board: undefined, firmwareVersion: undefined }, 1);
    const facts = Array.from({ length: FACTS }, (_, at): MemoryRecord => {
      const { text = '', keywords = [] } = notes[at % notes.length] ?? {};
      const copy = at < notes.length ? text : `${text} (${at})`;
      return { ...BLANK, id: `f${at}`, text: copy, keywords, createdMs: at };
    });
    const memory = new Memories({
      store: { ...store.memories, memories: () => Promise.resolve(facts) },
      clock,
      log: silentLogger,
      kindOf: () => 'facts',
      modelOf: () => {
        throw new Error('nobody reads here');
      },
      service: () => undefined,
      keptBy: () => Promise.resolve({ devices: [], agents: [] }),
      mayWork: () => false,
    }).open(TALKER, undefined);
    if (!memory) throw new Error('there is no memory');
    memory.expect();
    const { signal } = new AbortController();
    const firstMs = await timed(() => memory.recall(questions[0]?.ask ?? '', signal));
    const waitsMs: number[] = [];
    for (let round = 0; round < ROUNDS + WARM_UP_ROUNDS; round++)
      for (const { ask } of questions) {
        const waitMs = await timed(() => memory.recall(ask, signal));
        if (round >= WARM_UP_ROUNDS) waitsMs.push(waitMs);
      }
    const lines = [
      { what: 'facts, questions', value: `${FACTS}, ${waitsMs.length}` },
      { what: 'first question after a start, index included', value: `${firstMs.toFixed(1)} ms` },
      { what: 'p50', value: `${percentile(waitsMs, 0.5).toFixed(2)} ms` },
      atMost('p99', percentile(waitsMs, 0.99), BOUND_MS, 'ms', 2),
      atMost('longest', Math.max(...waitsMs), BOUND_MS, 'ms', 2),
    ];
    return report('recall', lines, { firstMs, waitsMs });
  } finally {
    await store.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const fromMs = clock.nowMs();
  await work();
  return clock.nowMs() - fromMs;
}
