import assert from 'node:assert/strict';
import { noMetrics, Scope, silentLogger } from '../../src/core/index.js';
import { createAdmission } from '../../src/capacity/index.js';
import {
  createSessionHost,
  type SessionHandle,
  type SessionHostOptions,
} from '../../src/conversation/session/index.js';
import type { Speaking } from '../../src/speech/speaking/speaking-port.js';
import type { DeviceMcp } from '../../src/measure/fleet/mcp-server.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeConnection, identityOf } from '../fakes/fake-connection.js';
import { FakeConversation } from '../fakes/fake-conversation.js';
import { fakeEndpoint } from '../fakes/fake-endpoint.js';
import { FakeListening, type FakeListeningStream } from '../fakes/fake-listening.js';
import { FakeRecognizer } from '../fakes/fake-recognizer.js';
import { FakeSpeaking } from '../fakes/fake-speaking.js';

type Rules = ReturnType<NonNullable<SessionHostOptions['rules']>>;

/** One device that is connected to a session host. Everything that the host uses is a fake. */
export function createWorld(
  options: Partial<Omit<SessionHostOptions, 'rules'>> & {
    readonly rules?: Rules | SessionHostOptions['rules'];
    readonly language?: string;
    readonly maxTalking?: number;
    readonly clock?: FakeClock;
    /** The device's MCP server, if it has one. */
    readonly mcp?: DeviceMcp;
    readonly speak?: (clock: FakeClock, scope: Scope) => Speaking;
  } = {},
) {
  const { clock = new FakeClock(), rules } = options;
  const errors: unknown[] = [];
  const scope = new Scope('test', (_name, error) => errors.push(error));
  const listening = new FakeListening();
  const recognizer = new FakeRecognizer(clock);
  const speaking = new FakeSpeaking(clock);
  const conversation = new FakeConversation(clock);
  const admission = createAdmission({ clock, metrics: noMetrics, maxTalking: options.maxTalking ?? 4 });
  const host = createSessionHost({
    clock,
    scope,
    listening,
    recognizer,
    admission,
    speaking: options.speak?.(clock, scope.child('speaking')) ?? speaking,
    log: silentLogger,
    metrics: noMetrics,
    endpoint: fakeEndpoint(({ transcriptSoFar }) => (transcriptSoFar.endsWith('.') ? 400 : 900)),
    conversation: () => conversation,
    deviceQueueLimit: () => 16,
    ...options,
    rules: typeof rules === 'function' ? rules : () => rules ?? {},
  });
  const features = { mcp: options.mcp !== undefined, aec: false };
  const connection = new FakeConnection(clock, identityOf({ language: options.language ?? 'en-US', features }));
  connection.onSent = (message) => {
    const answer = message.type === 'mcp' ? options.mcp?.handle(message.payload) : undefined;
    if (answer === undefined) return;
    const payload = JSON.parse(answer) as Record<string, unknown>;
    queueMicrotask(() => handle.onMessage({ type: 'mcp', payload }));
  };
  const handle = host.accept(connection);
  connection.onClose = () => handle.onClosed();
  return {
    clock,
    errors,
    scope,
    listening,
    recognizer,
    speaking,
    conversation,
    admission,
    host,
    connection,
    handle,
    device: new Device(handle),
    stream: (): FakeListeningStream => listening.stream,
  };
}

export type World = ReturnType<typeof createWorld>;

/** A device that was asked a question and is playing its answer. */
export async function createAnsweredWorld(
  options: Parameters<typeof createWorld>[0] = {},
  mode: 'auto' | 'manual' | 'realtime' = 'auto',
): Promise<World> {
  const world = createWorld(options);
  world.device.start(mode);
  world.stream().hears('how are you');
  await world.clock.advance(600);
  return world;
}

/** Disconnects the device after a test, and checks that no work is left. */
export async function endWorld(world: World): Promise<void> {
  world.connection.lose();
  await world.clock.advance(0);
  assertNothingLeft(world);
}

class Device {
  constructor(private readonly handle: SessionHandle) {}

  start(mode: 'auto' | 'manual' | 'realtime' = 'auto'): void {
    this.handle.onMessage({ type: 'listen', state: 'start', mode });
  }
  stop(): void {
    this.handle.onMessage({ type: 'listen', state: 'stop' });
  }
  wake(): void {
    this.handle.onMessage({ type: 'listen', state: 'detect', text: 'hi' });
  }
  types(text: string): void {
    this.handle.onMessage({ type: 'listen', state: 'detect', text });
  }
  abort(reason?: string): void {
    this.handle.onMessage({ type: 'abort', reason });
  }
}

/**
 * Checks that a session has left no task, timer, open reply or permit behind, and that it has sent nothing forbidden.
 */
export function assertNothingLeft({
  scope,
  clock,
  speaking,
  conversation,
  recognizer,
  admission,
  host,
  errors,
  connection,
}: World): void {
  assert.deepStrictEqual(
    {
      tree: scope.tree(),
      timers: clock.pending,
      voices: speaking.open,
      models: conversation.running,
      recognitions: recognizer.pending,
      admission: admission.view(),
      sessions: host.sessions(),
      talking: host.talking(),
      errors,
      violations: connection.violations,
    },
    {
      tree: { name: 'test', tasks: [], children: [] },
      timers: 0,
      voices: 0,
      models: 0,
      recognitions: 0,
      admission: { talking: 0, conversations: 0, active: 0, waiting: 0 },
      sessions: 0,
      talking: 0,
      errors: [],
      violations: [],
    },
  );
}
