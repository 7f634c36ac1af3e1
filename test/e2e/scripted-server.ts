import { expect } from 'vitest';
import { wordErrorRate } from '../../src/measure/fleet/index.js';
import { FakeLlmServer, reply } from '../fakes/llm-server.js';
import type { ClipName } from '../fixtures/speech.js';
import type { RawDevice } from './raw-device.js';
import { ServerUnderTest } from './server.js';
import { SAID, utterance } from './transcripts.js';

/** A sentence that takes five seconds to speak. */
export const SENTENCE = 'The rain in Spain stays mainly in the plain, and the sun goes down behind the hills. ';
export const SHORT = reply('All right.');

/**
 * A real server whose language model is a scripted HTTP server, so that the length of each reply is known. If nothing
 * is scripted, the reply is {@link SHORT}.
 */
export class ScriptedServer {
  private constructor(
    readonly server: ServerUnderTest,
    readonly llm: FakeLlmServer,
    /** Scopes that are open while no device is connected. */
    readonly quiet: readonly string[],
  ) {}

  static async start(settings: Readonly<Record<string, string>> = {}, dataDir?: string): Promise<ScriptedServer> {
    const llm = await FakeLlmServer.start();
    llm.script(SHORT);
    const server = await ServerUnderTest.start(
      {
        'llm.base_url': llm.baseUrl,
        'llm.model': 'scripted',
        // Otherwise the server's own phrases would be counted together with the replies.
        'session.filler_ms': '20000',
        // A wrong speculation would use up a scripted answer. Speculation has its own test
        // (test/scenarios/turn-speculation.test.ts).
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

/** Disconnects all raw devices. Expects no protocol violation, no open turn and no leak. */
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
 * Says a clip to a device in auto mode and waits until it was recognised. Returns where in the device's log the turn
 * begins.
 */
export async function ask(device: RawDevice, name: ClipName = 'austen-0880', patienceMs?: number): Promise<number> {
  const mark = device.mark();
  device.start('auto');
  device.burst(utterance(name));
  await device.message('stt', { from: mark, ...(patienceMs !== undefined && { patienceMs }) });
  return mark;
}

/** Expects exactly one text, in which at most 15 % of the clip's words are wrong. */
export function expectHeard(heard: readonly string[], name: ClipName): void {
  expect(heard).toHaveLength(1);
  expectWords(SAID[name], heard[0] ?? '');
}

export function expectWords(said: string, heard: string): void {
  const { errors, words } = wordErrorRate(said, heard);
  expect(errors / words, `heard: ${heard}`).toBeLessThanOrEqual(0.15);
}
