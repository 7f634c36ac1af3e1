import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { phrase } from '../../src/conversation/session/phrases.js';
import { FakeEdgeServer, type EdgeScript } from '../fakes/edge-server.js';
import { FakeSpeechServer, type SpeechScript } from '../fakes/openai-speech-server.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectNothingLeft, ScriptedServer } from './scripted-server.js';

/**
 * Tests voices in the cloud that fail or hang, through a real server. Before the first sound, another voice speaks the
 * sentence. After it, the device gets an apology. In both cases the turn ends, and the next answer is spoken.
 */

const APOLOGY = phrase('en-US', 'internal');
const ANSWER = 'All right.';
const TIMEOUT_MS = 1000;
// `phrase_cache_recurring` is off, because a recurring sentence would be played from the cache even if the voice fails.
const SETTINGS = {
  'tts.timeout_ms': String(TIMEOUT_MS),
  'session.language': 'en-US',
  'tts.phrase_cache_recurring': 'false',
};
/** A time-out, the change of voice and the sentence take far less than this, even on a busy machine. */
const PATIENCE_MS = 20_000;

/** What a device hears in the turn with the fault. */
type Outcome = 'another voice' | 'apology';

async function warmed({ server }: ScriptedServer): Promise<void> {
  await vi.waitFor(() => expect(server.running.scopes().tasks.filter((task) => task.includes('warm'))).toEqual([]), {
    timeout: 20_000,
  });
}

/** Waits until the turn is over. Returns whether the device heard the answer or an apology. */
async function outcomeOf(device: RawDevice, mark: number): Promise<Outcome> {
  await device.message('tts', { state: 'stop', from: mark, patienceMs: PATIENCE_MS });
  expect(device.count('tts', 'start', mark)).toBe(1);
  expect(device.count('tts', 'stop', mark)).toBe(1);
  expect(device.sentences(mark)[0]).toBe(ANSWER);
  if (device.sentences(mark).length === 1) return 'another voice';
  expect(device.sentences(mark)).toEqual([ANSWER, APOLOGY]);
  return 'apology';
}

describe('an Edge voice', () => {
  let edge: FakeEdgeServer;
  let scripted: ScriptedServer;

  beforeAll(async () => {
    edge = await FakeEdgeServer.start();
    scripted = await ScriptedServer.start({ ...SETTINGS, 'tts.provider': 'edge', 'tts.edge.url': edge.url });
    await warmed(scripted);
  }, 90_000);
  afterAll(async () => {
    await scripted.stop();
    await edge.close();
  });
  afterEach(async () => {
    await expectNothingLeft(scripted);
    await expect.poll(() => edge.open, { timeout: 5000 }).toBe(0);
  });

  const faults: readonly (readonly [how: string, script: EdgeScript, outcome: Outcome])[] = [
    ['never answers', { kind: 'hang', afterBytes: 0 }, 'another voice'],
    ['sends a page for audio', { kind: 'garbage', what: 'not_mp3' }, 'another voice'],
    // 300 bytes are less than a packet.
    ['is cut before the device has any of it', { kind: 'break', afterBytes: 300, how: 'cut' }, 'another voice'],
    // 9 KB are 1.5 s of speech.
    ['stalls in mid-sentence', { kind: 'hang', afterBytes: 9000 }, 'apology'],
  ];
  it.each(faults)(
    'that %s',
    async (_how, fault, outcome) => {
      const asked = edge.turns.length;
      edge.script(fault);
      const device = await scripted.server.raw();
      expect(await outcomeOf(device, await ask(device))).toBe(outcome);
      expect(edge.turns.length).toBeGreaterThan(asked);
      // The next device hears Edge again. Edge's recording lasts 3 s, so it has more than 25 packets.
      edge.script({ kind: 'speak' });
      const next = await scripted.server.raw();
      const known = edge.turns.length;
      const mark = await ask(next);
      await next.audio(25, mark);
      next.abort();
      expect(edge.turns.length).toBeGreaterThan(known);
      // The device that had the fault hears speech again, too.
      const again = await ask(device);
      await device.audio(3, again);
    },
    60_000,
  );

  it('that refuses its clients is replaced by a voice of this machine', async () => {
    edge.script({ kind: 'refuse', status: 503 });
    const device = await scripted.server.raw();
    for (let turn = 0; turn < 2; turn++) expect(await outcomeOf(device, await ask(device))).toBe('another voice');
    expect(edge.refusals).toBeGreaterThan(0);
  }, 60_000);
});

describe('an OpenAI-compatible voice', () => {
  let speech: FakeSpeechServer;
  let edge: FakeEdgeServer;
  let scripted: ScriptedServer;
  /** Has 24,000 samples of 16 bits per second. The tone wavers, so that it is loud and not taken for silence. */
  const tone = (seconds: number): Uint8Array =>
    new Uint8Array(
      Int16Array.from({ length: 24_000 * seconds }, (_, i) => 8000 * Math.sin(i / 20) * Math.sin(i / 3000)).buffer,
    );
  const speaks: SpeechScript = { kind: 'audio', audio: tone(3), type: 'audio/pcm' };

  beforeAll(async () => {
    // Edge would be the next voice in the order, but it refuses requests.
    edge = await FakeEdgeServer.start();
    edge.script({ kind: 'refuse', status: 503 });
    speech = await FakeSpeechServer.start();
    speech.script(speaks);
    scripted = await ScriptedServer.start({
      ...SETTINGS,
      'tts.provider': 'openai',
      'tts.openai.base_url': speech.baseUrl,
      'tts.edge.url': edge.url,
    });
    await warmed(scripted);
  }, 90_000);
  afterAll(async () => {
    await scripted.stop();
    await Promise.all([speech.close(), edge.close()]);
  });
  afterEach(async () => {
    await expectNothingLeft(scripted);
    await expect.poll(() => speech.open, { timeout: 5000 }).toBe(0);
  });

  async function expectSpoken(): Promise<void> {
    speech.script(speaks);
    const device = await scripted.server.raw();
    const mark = await ask(device);
    await device.audio(25, mark);
    device.abort();
    await device.message('tts', { state: 'stop', from: mark });
  }

  const status = (code: number): SpeechScript => ({
    kind: 'status',
    status: code,
    body: JSON.stringify({ error: { message: 'scripted' } }),
  });
  const faults: readonly (readonly [how: string, script: SpeechScript])[] = [
    ['answers 500', status(500)],
    ['hangs up', { kind: 'hang_up' }],
    ['sends silence for speech', { kind: 'audio', audio: new Uint8Array(48_000), type: 'audio/pcm' }],
  ];
  it.each(faults)(
    'that %s is replaced by a voice of this machine',
    async (_how, fault) => {
      const asked = speech.requests.length;
      speech.script(fault);
      const device = await scripted.server.raw();
      expect(await outcomeOf(device, await ask(device))).toBe('another voice');
      expect(speech.requests.length).toBeGreaterThan(asked);
      await expectSpoken();
    },
    60_000,
  );

  it.each(['cut', 'hang'] as const)(
    'that breaks off during playback (%s) is followed by an apology',
    async (end) => {
      let heard = (): void => undefined;
      const endNotBefore = new Promise<void>((resolve) => (heard = resolve));
      speech.script({ kind: 'audio', audio: tone(1.5), type: 'audio/pcm', end, endNotBefore });
      const device = await scripted.server.raw();
      const mark = await ask(device);
      await device.audio(3, mark);
      heard();
      expect(await outcomeOf(device, mark)).toBe('apology');
      await expectSpoken();
    },
    60_000,
  );

  it('has its connection closed by a device that interrupts it', async () => {
    speech.script({ kind: 'audio', audio: tone(1.5), type: 'audio/pcm', end: 'hang' });
    const device = await scripted.server.raw();
    const mark = await ask(device);
    await device.audio(3, mark);
    const request = speech.requests.at(-1);
    device.abort();
    await request?.clientGone;
    await device.message('tts', { state: 'stop', from: mark });
    expect(device.sentences(mark)).toEqual([ANSWER]);
  }, 60_000);
});
