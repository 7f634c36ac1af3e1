import { kill } from 'node:process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { phrase, type PhraseKey } from '../../src/conversation/session/phrases.js';
import { event, reply, text, type FakeLlmServer, type LlmScript } from '../fakes/llm-server.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectNothingLeft, ScriptedServer, SENTENCE, SHORT } from './scripted-server.js';
import type { ServerUnderTest } from './server.js';
import { spoken, utterance } from './transcripts.js';

/**
 * Tests that the server survives faults in real processes: engines that are killed or hang, clients that leave, a model
 * that fails.
 */

/**
 * Last sentence of the long reply. It makes the reply longer than the 10 s that the server synthesises ahead of
 * playback, so synthesis is still running while the device plays the beginning.
 */
const LAST = 'And that is all that there is to say.';
const LONG = reply(SENTENCE, SENTENCE, LAST);
/**
 * Maximum time for the recovery, even on a busy machine. A hung process is noticed after 5 s, and then another one has
 * to start.
 */
const RECOVERY_MS = 60_000;

describe('faults', () => {
  let scripted: ScriptedServer;
  let server: ServerUnderTest;
  let llm: FakeLlmServer;

  beforeAll(async () => {
    scripted = await ScriptedServer.start({ 'llm.first_token_ms': '1500', max_concurrent_sessions: '10' });
    ({ server, llm } = scripted);
  }, 90_000);
  afterAll(() => scripted.stop());
  afterEach(async () => {
    llm.script(SHORT);
    await expectNothingLeft(scripted);
  });

  /** Expects that the next turns of this device and of another one are recognised and answered. */
  async function expectNextTurns(device: RawDevice): Promise<void> {
    llm.script(SHORT);
    const turn = async (one: RawDevice): Promise<void> => {
      const mark = await ask(one, 'austen-0880', RECOVERY_MS);
      await one.reply(mark, RECOVERY_MS);
      expect(one.heard(mark)[0]).toMatch(/young man/i);
      expect(one.sentences(mark)).toEqual(['All right.']);
      expect(one.packets(mark).length).toBeGreaterThan(5);
      expect(one.count('tts', 'start')).toBe(one.count('tts', 'stop'));
    };
    await Promise.all([turn(device), turn(await server.raw())]);
  }

  /** Waits until the engine is ready, and expects that it has restarted since `before` was read and has another pid. */
  async function expectReplaced(
    name: string,
    before: { readonly pid: number; readonly restarts: number },
  ): Promise<void> {
    await expect
      .poll(() => server.running.status().engines.find((engine) => engine.name === name)?.state, {
        timeout: RECOVERY_MS,
      })
      .toBe('ready');
    const now = server.engine(name);
    // There may have been more than one restart, because on a busy machine a new process may hang, too.
    expect(now.restarts).toBeGreaterThan(before.restarts);
    expect(now.pid).not.toBe(before.pid);
  }

  const outcomeOf = (device: RawDevice, mark: number): 'answered' | 'apologised' | 'neither' => {
    const sentences = device.sentences(mark);
    if (sentences.includes('All right.')) return 'answered';
    const apologies = (['asr_failed', 'internal', 'not_understood'] as const).map((key) => phrase('en-US', key));
    return apologies.some((apology) => sentences.includes(apology)) ? 'apologised' : 'neither';
  };

  describe.each(['SIGKILL', 'SIGSTOP'] as const)('an engine process that receives %s', (signal) => {
    it('listening, during speech: is replaced, and the next turns are answered', async () => {
      const before = server.engine('listening');
      const device = await server.raw();
      device.start();
      const { packets } = spoken('austen-0870');
      await device.stream(packets.slice(0, 25));
      kill(before.pid, signal);
      await device.stream([...packets.slice(25), ...utterance('austen-0880').slice(-25)]);
      await device.reply(0, RECOVERY_MS);
      expect(outcomeOf(device, 0)).not.toBe('neither');
      // The transcript is checked only after SIGKILL. A hung process is noticed after 5 s or later, and by then the
      // server may have dropped some of the speech.
      if (signal === 'SIGKILL') expect(device.heard(0)[0]).toMatch(/dashwood .* to do for them\W*$/i);
      await expectReplaced('listening', before);
      await expectNextTurns(device);
    }, 100_000);

    it('speaking, during a reply: is replaced, and the next turns are answered', async () => {
      llm.script(LONG);
      const before = server.engine('speaking');
      const device = await server.raw();
      const mark = await ask(device, 'austen-0880', RECOVERY_MS);
      await device.audio(1, mark);
      kill(before.pid, signal);
      await device.message('tts', { state: 'stop', from: mark, patienceMs: RECOVERY_MS });
      // Either all sentences were played, or an apology.
      const rain = device.sentences(mark).filter((sentence) => sentence.startsWith('The rain'));
      const whole = rain.length === 2 && device.sentences(mark).includes(LAST);
      expect(whole || outcomeOf(device, mark) === 'apologised', device.inWords(mark).join(' | ')).toBe(true);
      await expectReplaced('speaking', before);
      await expectNextTurns(device);
    }, 100_000);

    it('recognition, during an utterance: is replaced, and the next turns are answered', async () => {
      const before = server.engine('asr');
      // Freezes the process first, so that it cannot finish the utterance before it is killed.
      kill(before.pid, 'SIGSTOP');
      const device = await server.raw();
      device.start();
      device.burst(utterance('austen-0880'));
      if (signal === 'SIGKILL') {
        await expect.poll(() => server.metric('chorus_slots_busy'), { timeout: 10_000 }).toBeGreaterThan(0);
        kill(before.pid, 'SIGKILL');
      }
      await device.reply(0, RECOVERY_MS);
      expect(outcomeOf(device, 0)).not.toBe('neither');
      await expectReplaced('asr', before);
      await expectNextTurns(device);
    }, 100_000);
  });

  describe('a client that disconnects', () => {
    it('during its utterance', async () => {
      const device = await server.raw();
      device.start();
      device.burst(spoken('austen-0880').packets.slice(0, 30));
      await expect.poll(() => server.metric('chorus_sessions_talking'), { timeout: 10_000 }).toBe(1);
      device.vanish();
      await expectNothingLeft(scripted);
    }, 30_000);

    it('during the recognition of its utterance', async () => {
      const requests = llm.requests.length;
      const device = await server.raw();
      device.start();
      device.burst(utterance('austen-0870').slice(-95));
      await expect.poll(() => server.metric('chorus_slots_busy'), { timeout: 10_000, interval: 5 }).toBeGreaterThan(0);
      device.vanish();
      await expectNothingLeft(scripted);
      expect(llm.requests.length).toBe(requests);
    }, 30_000);

    it('while the model thinks', async () => {
      llm.script({ kind: 'silence' });
      const device = await server.raw();
      const before = llm.requests.length;
      await ask(device);
      await llm.received(before + 1);
      device.vanish();
      await llm.requests[before]?.clientGone;
      await expectNothingLeft(scripted);
    }, 30_000);

    it('during its reply', async () => {
      llm.script({ kind: 'sse', chunks: [text(`${SENTENCE}${SENTENCE}`), text('And')], end: 'stall' });
      const device = await server.raw();
      await ask(device);
      await device.audio(3);
      const request = llm.requests.at(-1);
      device.vanish();
      await request?.clientGone;
      await expectNothingLeft(scripted);
    }, 30_000);

    it('only after it has stopped reading: others are answered meanwhile, and nothing is left afterwards', async () => {
      llm.script(LONG, SHORT);
      const device = await server.raw();
      await ask(device);
      await device.audio(3);
      device.socket.pause();
      const other = await server.raw();
      const mark = await ask(other);
      await other.reply(mark);
      expect(other.sentences(mark)).toEqual(['All right.']);
      device.vanish();
      other.vanish();
      await expectNothingLeft(scripted);
    }, 30_000);
  });

  describe('the language model', () => {
    const json = (status: number, message: string): LlmScript => ({
      kind: 'status',
      status,
      body: JSON.stringify({ error: { message } }),
    });
    const faults: readonly (readonly [name: string, script: LlmScript, apology: PhraseKey])[] = [
      ['answers 401', json(401, 'Incorrect API key provided'), 'llm_bad_key'],
      ['answers 429', json(429, 'Rate limit reached'), 'llm_rate_limited'],
      ['answers 500', json(500, 'The server had an error'), 'llm_server_error'],
      ['never answers', { kind: 'silence' }, 'llm_timeout'],
      ['stalls in mid-stream', { kind: 'sse', chunks: [text('This is the beginning. ')], end: 'stall' }, 'llm_timeout'],
      [
        'is cut in mid-stream',
        { kind: 'sse', chunks: [text('This is the beginning. ')], end: 'cut' },
        'llm_unreachable',
      ],
      ['sends garbage', { kind: 'sse', chunks: [event('{{{{ this is no JSON'), event('nor [this')] }, 'llm_failed'],
    ];
    it('causes a spoken apology after each kind of failure, and the next turn is answered', async () => {
      const device = await server.raw();
      const got: string[] = [];
      for (const [name, script, apology] of faults) {
        llm.script(script);
        const mark = await ask(device);
        await device.until(
          'apology',
          (came) => came.type === 'text' && came.message['text'] === phrase('en-US', apology),
          mark,
          30_000,
        );
        const apologised = device.mark();
        await device.audio(6, apologised);
        // The abort saves time: it would take half a minute to wait for the end of every reply.
        if (script !== faults.at(-1)?.[1]) device.abort();
        await device.reply(mark);
        got.push(`${name}: ${device.sentences(mark).at(-1) ?? 'nothing'}`);
        expect(device.count('tts', 'start', mark), name).toBe(1);
        expect(device.count('tts', 'stop', mark), name).toBe(1);
      }
      expect(got).toEqual(faults.map(([name, , apology]) => `${name}: ${phrase('en-US', apology)}`));
      await expectNextTurns(device);
    }, 100_000);
  });
});
