import { expect } from 'vitest';
import { wordErrorRate } from '../../src/measure/fleet/index.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import type { ClipName } from '../fixtures/speech.js';
import type { RawDevice } from './raw-device.js';
import { ServerUnderTest } from './server.js';
import { SAID, utterance } from './transcripts.js';

/** Five seconds of speech. */
export const SENTENCE = 'The rain in Spain stays mainly in the plain, and the sun goes down behind the hills. ';
export const SHORT = reply('All right.');

/**
 * A real server whose language model is a scripted HTTP server, so that replies have a known length; default {@link
 * SHORT}.
 */
export class ScriptedServer {
  private constructor(
    readonly server: ServerUnderTest,
    readonly llm: FakeLlmServer,
    /** Scopes without a device. */
    readonly quiet: readonly string[],
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}, dataDir?: string): Promise<ScriptedServer> {
    const llm = await FakeLlmServer.start();
    llm.script(SHORT);
    const server = await ServerUnderTest.start(
      {
        'llm.base_url': llm.baseUrl,
        'llm.model': 'scripted',
        // Its own phrases would come between those that are counted here.
        'session.filler_ms': '20000',
        // A wrong speculation would use up a scripted answer (test/scenarios/turn-speculation.test.ts tests
        // speculation).
        'llm.speculative': 'false',
        ...settings,
      },
      true,
      dataDir,
    );
    return new ScriptedServer(server, llm, server.alive());
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.llm.close();
  }
}

/** All devices leave. None of them saw a violation of the protocol, no turn stays open, and nothing leaks. */
export async function expectNothingLeft({ server, quiet }: ScriptedServer): Promise<void> {
  for (const device of server.raws) {
    expect(device.violations()).toEqual([]);
    device.vanish();
  }
  await expect.poll(() => server.alive(), { timeout: 10_000 }).toEqual(quiet);
  await expect.poll(() => server.metric('chorus_sessions_talking'), { timeout: 5000 }).toBe(0);
  expect(server.running.status().connections).toBe(0);
}

/**
 * Says a clip to a device in auto mode, waits until it was understood, and returns the position in the device's log.
 */
export async function ask(device: RawDevice, name: ClipName = 'austen-0880', patienceMs?: number): Promise<number> {
  const mark = device.mark();
  device.start('auto');
  device.burst(utterance(name));
  await device.message('stt', { from: mark, ...(patienceMs !== undefined && { patienceMs }) });
  return mark;
}

/** Expects exactly one text, with at most 15 % of the clip's words wrong. */
export function expectHeard(heard: readonly string[], name: ClipName): void {
  expect(heard).toHaveLength(1);
  expectWords(SAID[name], heard[0] ?? '');
}

export function expectWords(said: string, heard: string): void {
  const { errors, words } = wordErrorRate(said, heard);
  expect(errors / words, `heard: ${heard}`).toBeLessThanOrEqual(0.15);
}
