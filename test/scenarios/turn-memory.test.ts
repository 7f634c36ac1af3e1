import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConversation } from '../../src/conversation/dialogue/index.js';
import { Memories, memoryTools } from '../../src/conversation/memory/index.js';
import { People } from '../../src/conversation/people/index.js';
import { openSessionTools, ServerTools } from '../../src/conversation/tools/index.js';
import { noMetrics, silentLogger } from '../../src/core/index.js';
import { openStore, type MemoryRecord, type Store } from '../../src/platform/store/index.js';
import { createOfflineAssistant } from '../../src/providers/llm/offline/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { identityOf } from '../fakes/fake-connection.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ANNA = { id: 'anna', name: 'Anna', createdMs: 0 };
const LISTENER = identityOf();

let folder: string;
let store: Store;
let memories: Memories;
let world: World;
let reading: Promise<void>;
let over: AbortController;

/** The device has speaker recognition, the rule-based assistant and a real database. */
beforeEach(async () => {
  const clock = new FakeClock();
  const common = { clock, log: silentLogger };
  folder = await mkdtemp(join(tmpdir(), 'chorus-memory-'));
  store = await openStore({ dataDir: folder });
  const { deviceId } = LISTENER;
  await store.seen({ deviceId, clientId: 'c', board: undefined, firmwareVersion: undefined, language: 'en' }, 1);
  const llm = createOfflineAssistant({ clock });
  memories = new Memories({
    ...common,
    store: store.memories,
    kindOf: () => 'facts',
    modelOf: () => ({ llm, model: undefined }),
    service: () => undefined,
    keptBy: () => Promise.resolve({ devices: [], agents: [] }),
    mayWork: () => true,
  });
  const tools = new ServerTools({ id: 'server', tools: memoryTools(memories), clock });
  world = createWorld({
    clock,
    people: peopleOf(clock),
    conversation: (identity, agent) => {
      const memory = memories.open(identity, agent);
      return createConversation({
        ...common,
        metrics: noMetrics,
        device: undefined,
        ...(memory && { memory }),
        settings: () => ({ llm, persona: undefined, maxTokens: 100, historyTurns: 10 }),
      });
    },
    tools: (device) => openSessionTools(device, { ...common, server: [tools] }),
    onTurn: (_, complete) => memories.note(`turn-${complete.id}`, complete),
  });
  over = new AbortController();
  reading = memories.run(over.signal).catch(() => undefined);
});
afterEach(async () => {
  over.abort();
  await reading;
  await endWorld(world);
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

function peopleOf(clock: FakeClock): People {
  return new People({
    store: {
      people: () => Promise.resolve([ANNA]),
      keep: () => Promise.resolve(true),
      rename: () => Promise.resolve(true),
      remove: () => Promise.resolve(true),
    },
    clock,
    log: silentLogger,
    voiceprints: () => ({
      register: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      identify: () => Promise.resolve('anna'),
    }),
  });
}

/** Says a text for long enough to recognise the speaker, and pauses before the turn ends. */
async function say(text: string): Promise<void> {
  await world.clock.advance(0);
  world.device.start();
  const turnId = world.stream().turn?.turnId ?? 0;
  world.stream().starts();
  world.stream().emit({ type: 'audio', turnId, index: 0, pcm: new Int16Array(16_000) });
  // There is one sample per character, so this is a second of speech.
  world.stream().piece(text.padEnd(16_000));
  await world.clock.advance(100);
  world.stream().ended();
}

/** The database answers in real time, so the world's clock is advanced in small steps meanwhile. */
async function until(fits: (facts: readonly MemoryRecord[]) => boolean): Promise<readonly MemoryRecord[]> {
  for (;;) {
    const facts = await store.memories.memories({});
    if (fits(facts)) return facts;
    await world.clock.advance(50);
  }
}

describe('"remember that", recognised by rules', () => {
  it('is stored as a fact of the recognised person with its turn, and is deleted with this person', async () => {
    await say('Remember that I am allergic to peanuts.');
    const facts = await until(([fact]) => fact?.sourceTurn !== undefined);
    expect(facts).toMatchObject([
      { subject: 'person', name: 'Anna', text: 'The user said: I am allergic to peanuts', sourceTurn: 'turn-1' },
    ]);
    // This is how `chorus people wipe Anna` deletes memories.
    expect(await memories.forget({ person: 'anna' })).toBe(1);
    expect(await store.memories.memories({})).toEqual([]);
  });
});
