import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConversation, newHistory, type Conversation } from '../../src/conversation/dialogue/index.js';
import { People } from '../../src/conversation/people/index.js';
import { RealtimeLink, RealtimeModel, RealtimeRecognizer } from '../../src/conversation/realtime/index.js';
import { noMetrics, silentLogger } from '../../src/core/index.js';
import { Circuit } from '../../src/providers/circuit.js';
import type { LlmDelta, LlmProvider, RealtimeRequest, RealtimeSession } from '../../src/providers/index.js';
import type { Agent, TurnRecord } from '../../src/records/index.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { createWorld, endWorld, type World } from './turn-world.js';

const ANNA = { id: 'anna', name: 'Anna', createdMs: 0 };
const GUARD: Agent = { id: 'guard', name: 'Guard', answers: 'known' };
const SORRY = 'Sorry, I do not recognise your voice, and I only answer people I know.';

let world: World;
let turns: TurnRecord[];
/** For each answer, everything that the model was given: prompt, history and words. */
let asked: string[];
/** Identifications whose result the test has not given yet. */
let waiting: ((id: string | undefined) => void)[];
/** The person as whom every voice is identified at once. Without it, identifications wait in {@link waiting}. */
let atOnce: string | undefined;

beforeEach(() => {
  turns = [];
  asked = [];
  waiting = [];
  atOnce = undefined;
});
afterEach(() => endWorld(world));

function people(clock: FakeClock): People {
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
      identify: (_ids, _pcm, signal) =>
        new Promise((resolve, reject) => {
          if (atOnce === undefined) waiting.push(resolve);
          else resolve(atOnce);
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        }),
    }),
  });
}

async function* fine(input: unknown): AsyncGenerator<LlmDelta> {
  asked.push(JSON.stringify(input));
  yield await Promise.resolve({ type: 'text', text: 'Fine.' } as const);
}

const llm: LlmProvider = { id: 'llm', local: true, stream: ({ messages }) => fine(messages) };

/** A session with a realtime model. Like a real model, it remembers all its input. */
class Session implements RealtimeSession {
  over = false;
  readonly #heard: string[] = [];

  push(): void {}
  clear(): void {}
  commit(): Promise<string> {
    this.#heard.push(words);
    return Promise.resolve(words);
  }
  respond(request: RealtimeRequest): AsyncIterable<LlmDelta> {
    return fine([request, this.#heard]);
  }
  close(): void {
    this.over = true;
  }
}
let words = '';

const conversations = {
  ordinary: (clock: FakeClock) => conversationWith(llm, clock),
  realtime: (clock: FakeClock): Conversation => {
    const options = { deviceId: 'device', clock, log: silentLogger, metrics: noMetrics };
    const provider = { id: 'realtime', tools: false, text: true, open: () => new Session() };
    const circuit = new Circuit({ clock, failures: 3, openMs: 1000 });
    const service = { provider, circuit, spender: undefined };
    const link = new RealtimeLink({
      ...options,
      service: () => service,
      opening: () => ({ language: 'en-US', instructions: '' }),
    });
    let own: RealtimeRecognizer | undefined;
    return {
      ...conversationWith(new RealtimeModel({ ...options, link, ordinary: () => llm }), clock),
      recognizer: (ordinary) => (own ??= new RealtimeRecognizer(link, ordinary, clock)),
      close() {
        own?.close();
        link.close();
      },
    };
  },
};

function conversationWith(model: LlmProvider, clock: FakeClock): Conversation {
  return createConversation({
    clock,
    log: silentLogger,
    metrics: noMetrics,
    device: undefined,
    history: newHistory(() => 10),
    settings: () => ({ llm: model, persona: undefined, maxTokens: 100, historyTurns: 10 }),
  });
}

function begin(agent?: Agent, kind: keyof typeof conversations = 'ordinary'): void {
  const clock = new FakeClock();
  world = createWorld({
    clock,
    people: people(clock),
    conversation: () => conversations[kind](clock),
    agentOf: () => Promise.resolve(agent),
    onTurn: (_, complete) => turns.push(complete),
  });
}

/** Says a text for long enough to recognise the speaker. */
async function say(text: string): Promise<void> {
  await world.clock.advance(0);
  world.device.start();
  words = text;
  // There is one sample per character, so this is a second of speech.
  const padded = text.padEnd(16_000);
  const turnId = world.stream().turn?.turnId ?? 0;
  world.stream().starts();
  world.stream().emit({ type: 'audio', turnId, index: 0, pcm: new Int16Array(16_000) });
  world.stream().piece(padded);
  world.stream().ended();
  await world.clock.advance(1000);
}

const spoken = (): readonly string[] => world.speaking.replies.flatMap(({ said }) => said);

describe('a person with a known voice', () => {
  it('is not waited for; if the name comes during the answer, it is in the record of that turn', async () => {
    begin();
    world.speaking.synthesisMs = 1000;
    await say('how are you');
    waiting.shift()?.('anna');
    await world.clock.advance(3000);
    expect(asked).toEqual([expect.not.stringContaining('Anna')]);
    expect(turns.at(-1)?.person).toBe('Anna');
    // Somebody else may have said the next words, so they are not Anna's.
    await say('and now');
    await world.clock.advance(3000);
    expect(asked).toEqual([expect.not.stringContaining('Anna'), expect.not.stringContaining('Anna')]);
    expect(turns.at(-1)?.person).toBeUndefined();
  });

  it('is named in the prompt if the voice is known when the answer begins', async () => {
    begin();
    atOnce = 'anna';
    await say('how are you');
    await world.clock.advance(3000);
    expect(asked).toEqual([expect.stringContaining('Anna')]);
    expect(turns.at(-1)?.person).toBe('Anna');
    // In a turn that plays a program's recording, nobody speaks.
    const recording = [new Uint8Array([1])];
    world.host.notify('aa:bb:cc:dd:ee:ff', { id: 'a', text: () => 'A song.', recording, urgent: false });
    await world.clock.advance(5000);
    expect(turns.at(-1)).toMatchObject({ outcome: 'played', answerText: 'A song.' });
    expect(turns.at(-1)?.person).toBeUndefined();
  });
});

describe.each(['ordinary', 'realtime'] as const)('an agent (%s model) that answers only known people', (kind) => {
  it('waits until it is known who speaks, and then answers', async () => {
    begin(GUARD, kind);
    await say('how are you');
    expect(asked).toEqual([]);
    waiting.shift()?.('anna');
    await world.clock.advance(3000);
    expect(asked).toEqual([expect.stringContaining('Anna')]);
    expect(turns.at(-1)?.person).toBe('Anna');
  });

  it('refuses a stranger with a sentence; the model never gets the stranger’s words', async () => {
    begin(GUARD, kind);
    await say('what is the code of the safe');
    waiting.shift()?.(undefined);
    await world.clock.advance(300);
    expect(asked).toEqual([]);
    expect(spoken()).toEqual([SORRY]);
    // A known person interrupts the refusal. Otherwise the conversation would end after the refusal.
    await say('how are you');
    waiting.shift()?.('anna');
    await world.clock.advance(3000);
    expect(asked).toEqual([expect.not.stringContaining('safe')]);
    expect(asked[0]).toContain('Anna');
    // The realtime model heard the words as speech and was not given them as text.
    if (kind === 'realtime') expect(JSON.parse(asked[0] ?? '')).toMatchObject([{ input: [] }, ['how are you']]);
  });
});
