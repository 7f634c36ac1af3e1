import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger, systemClock, type Clock } from '../../src/core/index.js';
import { codeOf, eventually, failureOf, live } from '../../src/plugin/testing/suite.js';
import { providers, type LlmDelta, type ModelSpeech, type ToolSpec } from '../../src/providers/index.js';
import type { RealtimeInput, RealtimeProvider, RealtimeSession } from '../../src/providers/realtime/realtime-port.js';
import type { ServiceGate } from '../../src/providers/service-gate.js';
import { FakeClock } from '../fakes/fake-clock.js';
import {
  ANSWER,
  doubaoService,
  openAiLikeService,
  understood,
  type RealtimePlan,
  type RealtimeTrouble,
} from '../fakes/realtime-services.js';
import { ScriptedSocket, type Service, type SocketFault } from '../fakes/scripted-socket.js';
import { gateFor } from '../fakes/service-gate.js';
import { clip } from '../fixtures/speech.js';

const SUBJECTS: Readonly<Record<string, (plan: RealtimePlan) => Service>> = {
  'openai-realtime': (plan) => openAiLikeService(plan, { inputHz: 24_000, rateHz: () => wrongRate }),
  'qwen-omni': (plan) => openAiLikeService(plan, { inputHz: 16_000, first: true }),
  'glm-realtime': (plan) => openAiLikeService(plan, { inputHz: 16_000, first: true, wav: true }),
  'stepfun-realtime': (plan) => openAiLikeService(plan, { inputHz: 24_000, first: true }),
  'doubao-realtime': doubaoService,
};

const SPEECH = clip('austen-0930');
const WHOLE = understood(SPEECH.length / 16);
const LAMP: ToolSpec = { name: 'lamp', description: 'Switches the lamp.', inputSchema: { type: 'object' } };
let wrongRate: number | undefined;

it('tests every realtime model', () => {
  expect(providers.realtimeModels.map(({ id }) => id).sort()).toEqual(Object.keys(SUBJECTS).sort());
});

interface Heard {
  readonly text: string;
  readonly bytes: number;
  readonly rateHz: number;
  readonly deltas: readonly LlmDelta[];
  readonly speech: ModelSpeech;
}

async function hear(deltas: AsyncIterable<LlmDelta>): Promise<Heard> {
  const all: LlmDelta[] = [];
  let speech: ModelSpeech | undefined;
  let bytes = 0;
  let reading: Promise<void> = Promise.resolve();
  for await (const delta of deltas) {
    all.push(delta);
    if (delta.type !== 'speech' || !delta.speech) continue;
    speech = delta.speech;
    const { chunks } = delta.speech;
    reading = (async () => {
      for await (const chunk of chunks) bytes += chunk.length;
    })();
  }
  await reading;
  const text = all.map((delta) => (delta.type === 'text' ? delta.text : '')).join('');
  if (speech?.format.kind !== 'pcm') throw new TypeError('no speech');
  return { text, bytes, rateHz: speech.format.rateHz, deltas: all, speech };
}

describe.each(Object.entries(SUBJECTS))('%s', (id, service) => {
  const descriptor = providers.realtimeModel(id)!;
  let server: ScriptedSocket;
  let trouble: RealtimeTrouble;
  let plan: Omit<RealtimePlan, 'trouble'>;
  let gate: ServiceGate;
  beforeEach(async () => {
    trouble = undefined;
    wrongRate = undefined;
    plan = {};
    server = await ScriptedSocket.start(
      service({
        trouble: () => trouble,
        heard: (ms) => (plan.heard ?? understood)(ms),
        answer: (input) => plan.answer?.(input) ?? ANSWER,
        pause: (next) => (plan.pause ? plan.pause(next) : next()),
      }),
    );
  });
  afterEach(() => server.close());

  const make = (clock: Clock = systemClock): RealtimeProvider => {
    gate = gateFor({ kind: 'realtime', keys: 'sk-secret', concurrent: 4, clock });
    return descriptor.create(descriptor.settings.parse({ url: `${server.url}/v1` }), {
      clock,
      log: silentLogger,
      gate,
    });
  };
  const open = (provider: RealtimeProvider): RealtimeSession =>
    provider.open({ language: 'en-GB', instructions: 'You are Kim.', device: 'device' });
  const say = (session: RealtimeSession): Promise<string> => {
    for (let at = 0; at < SPEECH.length; at += 700) session.push(SPEECH.subarray(at, at + 700));
    return session.commit();
  };
  const ask = (session: RealtimeSession, input: readonly RealtimeInput[] = [], tools: readonly ToolSpec[] = []) =>
    hear(session.respond({ instructions: 'You are Kim.', tools, input }, live()));
  const messages = (): string => server.peers.flatMap(({ received }) => received.map(String)).join('\n');

  /** Checks that the failed conversation no longer occupies a place, and that the next one works. */
  async function recovers(provider: RealtimeProvider): Promise<void> {
    await eventually(() => gate.free === 4);
    await eventually(() => server.open === 0);
    server.fault = undefined;
    trouble = undefined;
    const session = open(provider);
    expect(await say(session)).toBe(WHOLE);
    expect((await ask(session)).text).toBe(ANSWER.text);
    session.close();
    await eventually(() => gate.free === 4);
  }

  it('recognises all speech, answers with speech and its text, and reports its cost', async () => {
    const session = open(make());
    expect(await say(session)).toBe(WHOLE);
    const { text, bytes, rateHz, deltas } = await ask(session);
    expect(text).toBe(ANSWER.text);
    expect([bytes, rateHz]).toEqual([ANSWER.audioMs * 48, 24_000]);
    expect(deltas.at(-1)).toEqual({ type: 'usage', inputTokens: 40, outputTokens: 90 });
    expect(gate.free).toBe(3);
    session.close();
    expect(gate.free).toBe(4);
    await eventually(() => server.open === 0);
  });

  it('sends its key and its identity as documented', async () => {
    const session = open(make());
    await say(session);
    const [peer] = server.peers;
    expect(JSON.stringify(peer!.request.headers)).toContain('sk-secret');
    expect(messages()).toContain('You are Kim.');
    expect(messages()).not.toContain('server_vad');
    session.close();
  });

  it('continues on the same connection', async () => {
    const session = open(make());
    for (let turn = 0; turn < 3; turn++) {
      expect(await say(session)).toBe(WHOLE);
      expect((await ask(session)).text).toBe(ANSWER.text);
    }
    expect(server.peers).toHaveLength(1);
    session.close();
  });

  it('does not answer cleared input', async () => {
    const session = open(make());
    expect(await say(session)).toBe(WHOLE);
    await ask(session);
    session.push(SPEECH);
    session.clear();
    // These two services cannot clear their input. The others must not have heard it.
    if (id !== 'glm-realtime' && id !== 'doubao-realtime') expect(await say(session)).toBe(WHOLE);
    session.close();
  });

  it('calls a tool, and speaks about its result', async () => {
    const provider = make();
    expect(provider.tools).toBe(id !== 'doubao-realtime');
    if (!provider.tools) return;
    plan = {
      answer: (input) =>
        input === 'the lamp is on'
          ? { text: 'It is on now.', audioMs: 500 }
          : { text: '', audioMs: 0, call: { name: 'lamp', arguments: '{"on":true}' } },
    };
    const session = open(provider);
    await say(session);
    const { deltas } = await ask(session, [], [LAMP]);
    const call = deltas.find((delta) => delta.type === 'tool_call')?.call;
    expect(call).toMatchObject({ name: 'lamp', arguments: { on: true } });
    expect(messages()).toContain('Switches the lamp.');
    const answer = await ask(session, [{ type: 'tool_result', callId: call!.id, text: 'the lamp is on' }], [LAMP]);
    expect([answer.text, answer.bytes]).toEqual(['It is on now.', 500 * 48]);
    session.close();
  });

  it('answers typed words if the model supports them', async () => {
    const provider = make();
    expect(provider.text).toBe(id !== 'qwen-omni');
    if (!provider.text) return;
    plan = { answer: (input) => ({ text: `You wrote: ${input}`, audioMs: 300 }) };
    const session = open(provider);
    expect((await ask(session, [{ type: 'text', text: 'hello' }])).text).toBe('You wrote: hello');
    session.close();
  });

  it('cancels a reply at the service, and receives nothing of it in the next one', async () => {
    let goOn: () => void = () => undefined;
    plan = {
      pause: (next) => {
        goOn = next;
      },
    };
    const session = open(make());
    await say(session);
    const cut = new AbortController();
    const parts: LlmDelta[] = [];
    const error = await failureOf(async () => {
      for await (const delta of session.respond({ instructions: 'You are Kim.', tools: [], input: [] }, cut.signal)) {
        parts.push(delta);
        if (delta.type === 'text') cut.abort(new Error('barge-in'));
      }
    });
    expect(String(error)).toContain('barge-in');
    const cancels = id === 'doubao-realtime' ? 515 : 'response.cancel';
    await eventually(() =>
      server.peers[0]!.received.some((one) =>
        typeof one === 'string' ? one.includes(String(cancels)) : one.readInt32BE(4) === cancels,
      ),
    );
    goOn();
    plan = { answer: () => ({ text: 'Another one.', audioMs: 300 }) };
    expect(await say(session)).toBe(WHOLE);
    const { text, bytes } = await ask(session);
    expect([text, bytes]).toEqual(['Another one.', 300 * 48]);
    session.close();
  });

  if (id === 'openai-realtime')
    it('reports the heard part of a speech, and at most the generated part', async () => {
      const session = open(make());
      await say(session);
      const { speech } = await ask(session);
      speech.stopped(430.7);
      speech.stopped(99_999);
      await eventually(() => messages().includes('conversation.item.truncate'));
      const told = server.peers[0]!.received.map(String).filter((one) => one.includes('.truncate'));
      expect(told.map((one) => (JSON.parse(one) as { audio_end_ms: number }).audio_end_ms)).toEqual([430]);
      session.close();
    });

  if (id === 'openai-realtime')
    it('uses the rate that the service reports, not the requested one', async () => {
      wrongRate = 16_000;
      const session = open(make());
      await say(session);
      expect((await ask(session)).rateHz).toBe(16_000);
      session.close();
    });

  it.each<[SocketFault, RegExp]>([
    [{ refuse: 401 }, /rejected/],
    [{ refuse: 403 }, /rejected/],
    [{ refuse: 429, headers: { 'retry-after': '0' } }, /rate_limited/],
    [{ refuse: 503 }, /failed/],
    ['half', /unreachable/],
    ['close', /unreachable/],
    ['flood', /unreachable/],
    ['nonsense', /failed/],
  ])('%j is reported and ends the conversation, and the next one works', async (fault, code) => {
    server.fault = fault;
    const provider = make();
    const session = open(provider);
    const error = await failureOf(() => say(session));
    expect(codeOf(error)).toMatch(code);
    expect(String(error)).not.toContain('sk-secret');
    expect(session.over).toBe(true);
    expect(codeOf(await failureOf(() => ask(session)))).toMatch(code);
    await recovers(provider);
  });

  it.each<[SocketFault | undefined, RealtimeTrouble]>([
    ['deaf', undefined],
    ['mute', undefined],
    [undefined, 'no-text'],
    [undefined, 'silent'],
  ])('%j %j is given up in time', async (fault, wrong) => {
    server.fault = fault;
    trouble = wrong;
    const clock = new FakeClock();
    const provider = make(clock);
    const session = open(provider);
    const over = new AbortController();
    const asked = failureOf(async () => {
      await say(session);
      await ask(session);
    }).finally(() => over.abort());
    while (!over.signal.aborted) await clock.advance(50);
    expect(codeOf(await asked)).toBe('realtime.timeout');
    expect(clock.nowMs()).toBeLessThan(12_000);
    expect(clock.pending).toBe(0);
    await recovers(provider);
  });

  it.each<[RealtimeTrouble, RegExp]>([
    ['cut', /unreachable/],
    ['endless', /failed/],
    ['wordless', /failed/],
    ['busy', /rate_limited/],
  ])('%s is reported during the answer, which ends there', async (wrong, code) => {
    trouble = wrong;
    const provider = make();
    const session = open(provider);
    const error = await failureOf(async () => {
      await say(session);
      await ask(session);
    });
    expect(codeOf(error)).toMatch(code);
    await recovers(provider);
  });

  it('waits for a reply that arrives slowly', async () => {
    const clock = new FakeClock();
    plan = { pause: (next) => clock.after(3_000, next) };
    const session = open(make(clock));
    const over = new AbortController();
    const asked = (async () => {
      await say(session);
      return ask(session);
    })().finally(() => over.abort());
    while (!over.signal.aborted) await clock.advance(100);
    expect((await asked).bytes).toBe(ANSWER.audioMs * 48);
    session.close();
  });

  it('is closed when nobody uses it, which frees its place', async () => {
    const clock = new FakeClock();
    const session = open(make(clock));
    const said = say(session);
    const over = new AbortController();
    void said.finally(() => over.abort());
    while (!over.signal.aborted) await clock.advance(20);
    expect(gate.free).toBe(3);
    for (let s = 0; s < 62; s++) await clock.advance(1_000);
    expect([session.over, gate.free, clock.pending]).toEqual([true, 4, 0]);
    await eventually(() => server.open === 0);
  });

  it('is reached by a probe that says nothing', async () => {
    const settings = descriptor.settings.parse({ url: `${server.url}/v1`, api_key: 'sk-secret' });
    expect(await descriptor.probe(settings, { clock: systemClock, signal: live() })).toMatchObject({ en: /key/ });
    await eventually(() => server.open === 0);
    server.fault = { refuse: 401 };
    expect(
      codeOf(await failureOf(async () => descriptor.probe(settings, { clock: systemClock, signal: live() }))),
    ).toBe('realtime.rejected');
  });
});
