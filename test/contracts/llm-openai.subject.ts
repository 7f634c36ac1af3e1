import { afterAll, afterEach, expect } from 'vitest';
import { ChorusError, silentLogger, systemClock } from '../../src/core/index.js';
import type { LlmProvider } from '../../src/providers/index.js';
import { createOpenAiLlm, type OpenAiOptions } from '../../src/providers/llm/openai/provider.js';
import { KeptConnections } from '../../src/platform/outbound/index.js';
import { settle } from '../fakes/fake-clock.js';
import { FakeLlmServer } from '../fakes/llm-server.js';
import { failure } from '../../src/plugin/testing/language-model.js';

export const OPTIONS = {
  name: 'fake',
  model: 'm',
  apiKey: 'sk-secret',
  keyless: false,
  local: false,
  limits: { silenceMs: 8000, replyMs: 60_000 },
  clock: systemClock,
  log: silentLogger,
};

export interface OpenAiSubject {
  readonly server: FakeLlmServer;
  readonly http: KeptConnections;
  /** A model at that server, called as Chorus calls it, over connections that are kept open. */
  readonly llm: (options?: Partial<OpenAiOptions>) => LlmProvider;
}

/**
 * The adapter for OpenAI's protocol and a scripted server, shared by the tests of one file. After each test, checks
 * that no rejection was unhandled.
 */
export async function openAiSubject(): Promise<OpenAiSubject> {
  const server = await FakeLlmServer.start();
  const http = new KeptConnections({ clock: systemClock });
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  afterEach(async () => {
    server.requests.length = 0;
    await settle();
    if (unhandled.length > 0) throw new Error('a rejection had no handler', { cause: unhandled.splice(0)[0] });
  });
  afterAll(async () => {
    http.close();
    await server.close();
    process.off('unhandledRejection', onUnhandled);
  });
  return {
    server,
    http,
    llm: (options = {}) => createOpenAiLlm({ ...OPTIONS, baseUrl: server.baseUrl, http, ...options }),
  };
}

export const live = (): AbortSignal => new AbortController().signal;

export async function codeOf(stream: ReturnType<LlmProvider['stream']>): Promise<string> {
  const error = await failure(stream);
  expect(error).toBeInstanceOf(ChorusError);
  return (error as ChorusError).code;
}
