import { noMetrics, silentLogger, type Metrics } from '../../src/core/index.js';
import { RealtimeLink, type RealtimeService } from '../../src/conversation/realtime/index.js';
import { Circuit } from '../../src/providers/circuit.js';
import type { LlmDelta } from '../../src/providers/llm/llm-port.js';
import type { RealtimeRequest, RealtimeSession } from '../../src/providers/realtime/realtime-port.js';
import type { Spender } from '../../src/providers/spending.js';
import type { FakeClock } from './fake-clock.js';

/** A session with a realtime model that a test scripts. */
export class FakeRealtimeSession implements RealtimeSession {
  over = false;
  samples = 0;
  clears = 0;
  readonly requests: RealtimeRequest[] = [];
  /** The recognised text of the utterance. An error makes recognition fail. */
  text: string | Error = 'hello there';
  /** The answers, in order; the last one is repeated. An error in an answer is thrown. */
  answers: readonly (readonly (LlmDelta | Error)[])[] = [];

  constructor(readonly instructions: string) {}

  push(pcm: Int16Array): void {
    this.samples += pcm.length;
  }
  clear(): void {
    this.clears += 1;
    this.samples = 0;
  }
  commit(): Promise<string> {
    return this.text instanceof Error ? Promise.reject(this.text) : Promise.resolve(this.text);
  }
  async *respond(request: RealtimeRequest): AsyncGenerator<LlmDelta> {
    this.requests.push(request);
    await Promise.resolve();
    for (const delta of this.answers[Math.min(this.requests.length, this.answers.length) - 1] ?? []) {
      if (delta instanceof Error) throw delta;
      yield delta;
    }
  }
  close(): void {
    this.over = true;
  }
}

export interface FakeRealtimeOptions {
  readonly clock: FakeClock;
  readonly metrics?: Metrics;
  readonly spender?: Spender;
  readonly tools?: boolean;
  readonly text?: boolean;
  readonly prepare?: (session: FakeRealtimeSession) => void;
}

/** The link between one device and such scripted sessions. */
export function fakeRealtime({ clock, metrics = noMetrics, spender, ...options }: FakeRealtimeOptions) {
  const sessions: FakeRealtimeSession[] = [];
  const { tools = true, text = true, prepare } = options;
  const service: RealtimeService = {
    provider: {
      id: 'fake',
      tools,
      text,
      open({ instructions }) {
        const session = new FakeRealtimeSession(instructions);
        prepare?.(session);
        sessions.push(session);
        return session;
      },
    },
    circuit: new Circuit({ failures: 3, openMs: 30_000, clock }),
    spender,
  };
  const link = new RealtimeLink({
    service: () => service,
    deviceId: 'device',
    opening: () => ({ language: 'en-US', instructions: 'You are Kim.' }),
    clock,
    log: silentLogger,
    metrics,
  });
  return { link, service, sessions };
}
