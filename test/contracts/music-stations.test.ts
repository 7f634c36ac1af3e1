import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sound, SoundQueue } from '../../src/speech/speaking/index.js';
import { ScriptedHttp, type HttpScript } from '../fakes/scripted-http.js';
import { ToolWorld } from '../fakes/tool-world.js';

const MP3 = { 'content-type': 'audio/mpeg' };
const NEVER = new AbortController().signal;

describe('a radio station', () => {
  let radio: ScriptedHttp;
  let world: ToolWorld;
  beforeEach(async () => {
    radio = await ScriptedHttp.start('silent');
    world = await ToolWorld.open({
      sections: { music: { stations: { Radio: `${radio.url}/live` }, allow_private: true } },
    });
  });
  afterEach(async () => {
    await world.close();
    await radio.close();
  });

  async function play(...scripts: HttpScript[]): Promise<SoundQueue> {
    radio.script(...scripts);
    const { play: queue } = await world.call('play_music', { query: 'Radio' });
    if (!queue) throw new Error('nothing is played');
    return queue;
  }
  async function opened(...scripts: HttpScript[]): Promise<Sound> {
    const sound = await (await play(...scripts)).next(NEVER);
    if (!sound) throw new Error('the station was left out');
    return sound;
  }
  /** Reads the sound. Returns the sizes of the pieces, and finally `end` or the message of the failure. */
  async function heard({ source }: Sound, most = 10): Promise<readonly (number | string)[]> {
    const sizes: (number | string)[] = [];
    while (sizes.length < most) {
      try {
        const { bytes, last } = await source.take(4096);
        if (last) return [...sizes, 'end'];
        sizes.push(bytes.byteLength);
      } catch (error) {
        return [...sizes, error instanceof Error ? error.message : String(error)];
      }
    }
    return sizes;
  }

  it.each([
    ['an error', { status: 500 }],
    ['a limit', { status: 429, headers: { 'retry-after': '60' } }],
    ['a refused key', { status: 401 }],
    ['a redirect to itself', { status: 302, headers: { location: '/live' } }],
    ['a redirect to nowhere', { status: 302 }],
    ['no answer but a closed connection', (_: unknown, response: { destroy: () => void }) => response.destroy()],
    ['a list of 50 MB', (_, response) => response.writeHead(200, { 'content-type': 'audio/x-mpegurl' }).end(FIFTY_MB)],
    ['a list of garbage', { status: 200, headers: { 'content-type': 'audio/x-mpegurl' }, body: '\u0000<<garbage' }],
  ] as readonly (readonly [string, HttpScript])[])('that answers with %s is left out', async (_, script) => {
    expect(await (await play(script)).next(NEVER)).toBeUndefined();
    expect(radio.calls.length).toBeLessThan(6);
    await expect.poll(() => radio.open).toBe(0);
  });

  it('that does not answer is skipped after 15 s', async () => {
    const next = (await play('silent')).next(NEVER);
    await expect.poll(() => radio.calls.length).toBe(1);
    await world.clock.advance(15_000);
    expect(await next).toBeUndefined();
    await expect.poll(() => radio.open).toBe(0);
  });

  it('that stalls during a song is given up 15 s after its last byte', async () => {
    const sound = await opened((_, response) => void response.writeHead(200, MP3).write('sound'));
    expect((await sound.source.take(4096)).bytes).toHaveLength(5);
    const more = heard(sound);
    await world.clock.advance(15_000);
    expect(await more).toEqual(['the station sent nothing for 15 s']);
    sound.close();
    await expect.poll(() => radio.open).toBe(0);
  });

  it('that breaks off is given up after its received part', async () => {
    const sound = await opened((_, response) => {
      response.writeHead(200, { ...MP3, 'content-length': '100' }).write('sound', () => response.destroy());
    });
    const [first, ...then] = await heard(sound);
    expect(first).toBe(5);
    expect(then).toHaveLength(1);
    expect(then[0]).not.toBe('end');
  });

  it('that never ends is read in pieces, until it is closed', async () => {
    const sound = await opened('drip');
    expect(await heard(sound, 3)).toHaveLength(3);
    sound.close();
    await expect.poll(() => radio.open).toBe(0);
  });

  it('that sends 50 MB at once is read at the speed of playback', async () => {
    const sound = await opened((_, response) => response.writeHead(200, MP3).end(FIFTY_MB));
    for (const size of await heard(sound)) expect(size).toBeLessThanOrEqual(4096);
    sound.close();
    await expect.poll(() => radio.open).toBe(0);
  });
});

const FIFTY_MB = Buffer.alloc(50e6, 0x23);
