import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIP_NAMES, clip, concat, devicePackets, hum, mix, noise, silence } from '../fixtures/speech.js';
import type { RawDevice } from './raw-device.js';
import { ask, expectHeard, expectNothingLeft, expectWords, ScriptedServer } from './scripted-server.js';
import type { ServerUnderTest } from './server.js';
import { SAID, utterance } from './transcripts.js';

/** Tests sound without end: sound that contains no words, and words that never stop. */

const ANSWER = 'All right.';
/** Maximum number of packets in one burst, which is the size of the firmware's send queue. */
const BURST = 40;
/** With this interval, audio arrives 3.5 times as fast as it is spoken. */
const BURST_EVERY_MS = 690;

describe('endless audio', () => {
  let scripted: ScriptedServer;
  let server: ServerUnderTest;
  /** A folder for everything that the server and its processes write. The data folder is in it. */
  let temporary: string;
  const before = process.env['TMPDIR'];

  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'chorus-written-'));
    process.env['TMPDIR'] = temporary;
    // Where two clips are joined, there may be more than 300 ms of silence, as at the end of a sentence. That must not
    // end the turn.
    scripted = await ScriptedServer.start({ 'vad.min_silence_ms': '600', 'history.keep_days': '0' });
    ({ server } = scripted);
  }, 90_000);
  afterAll(async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await scripted.stop();
    await rm(temporary, { recursive: true, force: true });
  });
  afterEach(() => expectNothingLeft(scripted));

  /** Sends the packets in bursts, as over a connection that stalls now and then. */
  async function pour(device: RawDevice, pcm: Int16Array): Promise<void> {
    const packets = devicePackets(pcm);
    for (let at = 0; at < packets.length; at += BURST) {
      device.burst(packets.slice(at, at + BURST));
      await new Promise((resolve) => setTimeout(resolve, BURST_EVERY_MS));
    }
  }

  it('speech leaves no file, no byte, and no open file in the speech processes', async () => {
    const device = await server.raw();
    // A device's first turn needs extra work, which must not be measured.
    await device.reply(await ask(device));
    // Phrases that all conversations use are made once after the start. The test waits for this.
    const tasks = (): string => JSON.stringify(server.running.scopes());
    await expect.poll(() => /"(warm phrases|keep phrase)"/.test(tasks()), { timeout: 30_000 }).toBe(false);
    const written = await listing(temporary);
    for (let turn = 0; turn < 2; turn++) {
      const mark = await ask(device);
      await device.reply(mark);
      expect(device.sentences(mark)).toEqual([ANSWER]);
    }
    expect(await listing(temporary)).toEqual(written);
    const journals = (await readdir(temporary, { recursive: true })).filter((name) => name.endsWith('.db-wal'));
    expect(journals).toHaveLength(1);
    const journal = await readFile(join(temporary, journals[0] ?? ''), 'latin1');
    expect(journal).not.toContain(ANSWER);
    expect(journal).not.toMatch(/young man/i);
    for (const name of ['listening', 'speaking', 'asr'])
      expect(await writable(server.engine(name).pid), name).toEqual([]);
  }, 60_000);

  it('40 s of noise do not keep a turn open, and the device can speak afterwards', async () => {
    const seconds = Array.from({ length: 40 }, (_, i) => i);
    const noises = [
      noise(40_000, 1500),
      seconds.reduce((sound, second) => mix(sound, noise(80, 6000, second), second * 1000 + 300), hum(40_000, 3000)),
    ];
    const devices = await Promise.all(
      noises.map(async (sound) => {
        const device = await server.raw();
        device.start('auto');
        await pour(device, concat(sound, silence(3000)));
        return device;
      }),
    );
    await expect.poll(() => server.metric('chorus_sessions_talking'), { timeout: 15_000 }).toBe(0);
    for (const device of devices) {
      expect(device.count('tts', 'start')).toBe(device.count('tts', 'stop'));
      // The test sends no other listen start, because silence does not make the firmware send one.
      const mark = device.mark();
      device.burst(utterance('austen-0880'));
      await device.reply(mark);
      expectHeard(device.heard(mark), 'austen-0880');
      expect(device.sentences(mark)).toEqual([ANSWER]);
    }
  }, 60_000);

  it('an utterance longer than vad.max_segment_ms is recognised as a whole', async () => {
    // Utterances are usually cut at pauses. This one has none, so it is cut within words.
    const pcm = concat(...CLIP_NAMES.map((name) => withoutPauses(clip(name))));
    expect(pcm.length / 16).toBeGreaterThan(20_000);
    const device = await server.raw();
    device.start('auto');
    await pour(device, concat(pcm, silence(3000)));
    await device.reply();
    expect(device.heard()).toHaveLength(1);
    expectWords(CLIP_NAMES.map((name) => SAID[name]).join(' '), device.heard()[0] ?? '');
    expect(device.count('tts', 'start')).toBe(1);
    expect(device.sentences()).toEqual([ANSWER]);
  }, 60_000);
});

/** Removes quiet parts of more than 100 ms from speech. */
function withoutPauses(pcm: Int16Array): Int16Array {
  const WINDOW = 160;
  const levels = Array.from({ length: Math.floor(pcm.length / WINDOW) }, (_, i) =>
    Math.sqrt(pcm.subarray(i * WINDOW, (i + 1) * WINDOW).reduce((sum, value) => sum + value * value, 0) / WINDOW),
  );
  const quiet = Math.max(...levels) / 30;
  let run = 0;
  return concat(
    ...levels.flatMap((level, i) => {
      run = level < quiet ? run + 1 : 0;
      return run > 10 ? [] : [pcm.subarray(i * WINDOW, (i + 1) * WINDOW)];
    }),
  );
}

/** Every file below the folder, with its size and the time when it last changed. */
async function listing(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(folder, name));
      // The database's journal grows whenever a turn is counted, so the test checks its text instead of its size.
      return /\.db-(?:shm|wal)$/.test(name) ? name : `${name} ${size} ${mtimeMs}`;
    }),
  );
}

/** Regular files that a process has open for writing. Empty if the system does not tell. */
async function writable(pid: number): Promise<string[]> {
  const numbers = await readdir(`/proc/${pid}/fd`).catch(() => [] as string[]);
  const open = await Promise.all(
    numbers.map(async (number) => {
      const target = await readlink(`/proc/${pid}/fd/${number}`).catch(() => '');
      const flags =
        /^flags:\s*([0-7]+)/m.exec(await readFile(`/proc/${pid}/fdinfo/${number}`, 'utf8').catch(() => ''))?.[1] ?? '0';
      // The last digits of `flags` are the access mode: O_WRONLY is 1, O_RDWR is 2.
      return target.startsWith('/') && !target.startsWith('/dev/') && (Number.parseInt(flags, 8) & 3) !== 0
        ? target
        : '';
    }),
  );
  return open.filter((target) => target !== '');
}
