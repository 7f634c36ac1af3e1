import { mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { conversation, input, model, parts, text } from '../../../../test/fakes/scripted-conversation.js';
import { KITCHEN, ToolWorld } from '../../../../test/fakes/tool-world.js';
import { silentLogger } from '../../../core/index.js';
import { createOfflineAssistant } from '../../../providers/llm/offline/index.js';
import type { Sound, SoundQueue } from '../../../speech/speaking/index.js';
import { createToolbox } from '../toolbox.js';
import { Library } from './library.js';
import { Player } from './player.js';

const { signal } = new AbortController();

describe('music', () => {
  let folder: string;
  let world: ToolWorld;
  const opened: Sound[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chorus-music-'));
    await mkdir(join(folder, 'music', 'Stories'), { recursive: true });
    await writeFile(join(folder, 'secret.mp3'), 'secret');
    for (const name of ['01 小星星.mp3', '02 Moonlight.wav', 'Stories/The_Fox.mp3', 'notes.txt'])
      await writeFile(join(folder, 'music', name), `${name}: ${'x'.repeat(1000)}`);
    await writeFile(
      join(folder, 'music', 'evening.m3u'),
      '#EXTM3U\nStories/The_Fox.mp3\n../secret.mp3\nhttp://127.0.0.1:9/b.mp3\n',
    );
    await writeFile(join(folder, 'music', 'album.m3u'), '01 小星星.mp3\n02 Moonlight.wav\nStories/The_Fox.mp3\n');
    await symlink(join(folder, 'secret.mp3'), join(folder, 'music', 'link.mp3'));
    world = await ToolWorld.open({ sections: { music: { folders: [join(folder, 'music')] } } });
  });
  afterEach(async () => {
    for (const sound of opened.splice(0)) sound.close();
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function play(query?: string): Promise<SoundQueue | undefined> {
    return (await world.call('play_music', query === undefined ? {} : { query })).play;
  }
  async function next(queue: SoundQueue | undefined): Promise<Sound | undefined> {
    const sound = await queue?.next(signal);
    if (sound) opened.push(sound);
    return sound;
  }
  async function titles(queue: SoundQueue | undefined): Promise<string[]> {
    const found: string[] = [];
    for (let sound = await next(queue); sound; sound = await next(queue)) found.push(sound.title);
    return found;
  }

  it('is found by title, folder or list, and never outside the folders', async () => {
    expect(await titles(await play('小星星'))).toEqual(['小星星']);
    expect(await titles(await play('stories'))).toEqual(['The Fox']);
    expect(await titles(await play('story'))).toEqual(['The Fox']);
    expect(await titles(await play('evening'))).toEqual(['The Fox']);
    expect(await titles(await play('album'))).toEqual(['小星星', 'Moonlight', 'The Fox']);
    expect((await titles(await play())).toSorted()).toEqual(['Moonlight', 'The Fox', '小星星']);
    expect(await play('secret')).toBeUndefined();
    expect(await world.says('play_music', { query: 'nothing' })).toBe('I found nothing like that.');
    expect(await world.says('play_music', { query: 'fox' })).toBe('Playing The Fox.');
  });

  it('is found beside folders and playlists that cannot be read', async () => {
    // A name in GBK is no UTF-8, so it can be listed but not opened.
    const gbk = (ending: string): Buffer => Buffer.from(`${join(folder, 'music')}/0\xb8\xe8${ending}`, 'latin1');
    await mkdir(gbk(''));
    await writeFile(gbk('.m3u'), 'Stories/The_Fox.mp3');
    const problems: unknown[] = [];
    const log = { ...silentLogger, warn: (_: string, fields: object = {}) => void problems.push(fields) };
    const library = new Library({ folders: [join(folder, 'music')], stations: {}, clock: world.clock, log });
    expect((await library.find('')).map(({ title }) => title)).toEqual(['小星星', 'Moonlight', 'The Fox']);
    expect(problems).toEqual(Array(2).fill(expect.objectContaining({ problem: 'music.folder_unreadable' })));
  });

  it('resumes where it stopped, even after a restart, and can skip forward and back', async () => {
    const sound = await next(await play('album'));
    await sound?.source.take(500);
    const queue = await play('album');
    const first = await next(queue);
    const head = new TextDecoder().decode((await first?.source.take(600))?.bytes);
    queue?.stopped(1000, 2000);
    const resumed = await next((await world.call('music_control', { action: 'resume' })).play);
    const rest = new TextDecoder().decode((await resumed?.source.take(2000))?.bytes);
    expect(rest.length).toBe(1018 - 300);
    expect(head.length).toBeGreaterThan(0);
    expect(await world.says('music_control', { action: 'next' })).toBe('Playing Moonlight.');
    expect(await world.says('music_control', { action: 'previous' })).toBe('Playing 小星星.');
    expect(await world.says('music_control', { action: 'what' })).toBe('This is 小星星.');
    expect(await world.says('music_control', { action: 'stop' })).toBe('OK.');
    expect(await world.says('music_control', { action: 'what' })).toBe('Nothing is playing. The last one was 小星星.');
    expect(await world.says('music_control', { action: 'next' }, '02:00:00:00:00:02')).toBe(
      'There is nothing more to play.',
    );
    const kept = (): Promise<readonly unknown[]> => world.store.toolData.all('music', KITCHEN);
    await expect.poll(async () => (await kept()).length).toBe(1);
    const { clock, store } = world;
    const library = new Library({ folders: [join(folder, 'music')], stations: {}, clock, log: silentLogger });
    const again = new Player({ library, data: store.toolData, clock, log: silentLogger, allowPrivate: false });
    expect((await next(await again.resume(KITCHEN)))?.title).toBe('小星星');
  });

  it('plays the track after the one last played for the same words if "next" is requested', async () => {
    const says = (query: string): Promise<string> => world.says('play_music', { query, next: true });
    expect(await says('album')).toBe('Playing Moonlight.');
    expect(await says('album')).toBe('Playing The Fox.');
    expect(await says('album')).toBe('Playing 小星星.');
    expect(await says('stories')).toBe('Playing The Fox.');
    expect(await says('album')).toBe('Playing Moonlight.');
    expect(await says('nothing')).toBe('I found nothing like that.');
  });

  it('plays in a random order if no track was named, and keeps this order after a restart', async () => {
    const orders = new Set<string>();
    const first = new Set<string | undefined>();
    for (let n = 0; n < 40; n++) {
      await world.clock.advance(1001);
      const order = await titles(await play());
      orders.add(order.join());
      first.add(order[0]);
    }
    expect([orders.size, first.size]).toEqual([6, 3]);
    const queue = await play();
    const begun = [(await next(queue))?.title, (await next(queue))?.title];
    queue?.stopped(0, 0);
    const kept = async (): Promise<string> =>
      (await world.store.toolData.all('music', KITCHEN)).map(({ value }) => value).join();
    await world.clock.advance(60_000);
    const { clock, store } = world;
    const library = new Library({ folders: [join(folder, 'music')], stations: {}, clock, log: silentLogger });
    await expect
      .poll(async () => (JSON.parse(await kept()) as { place: string }).place)
      .toBe((await library.find('album')).find(({ title }) => title === begun[1])?.place);
    const again = new Player({ library, data: store.toolData, clock, log: silentLogger, allowPrivate: false });
    const rest = await titles(await again.resume(KITCHEN));
    expect(rest[0]).toBe(begun[1]);
    expect(new Set([begun[0], ...rest])).toEqual(new Set(['Moonlight', 'The Fox', '小星星']));
  });

  it('resumes after a question about it, unless it had ended before', async () => {
    expect(await world.says('music_control', { action: 'what' })).toBe('Nothing is playing.');
    const queue = await play('fox');
    await (await next(queue))?.source.take(100);
    queue?.stopped(1000, 2000);
    const asked = await world.call('music_control', { action: 'what' });
    expect(asked.say).toBe('This is The Fox.');
    expect((await next(asked.play))?.title).toBe('The Fox');
    asked.play?.stopped(1000, 2000);
    world.language = 'zh-CN';
    expect((await world.call('music_control', { action: 'pause' })).say).toBe('好的。');
    const later = await world.call('music_control', { action: 'what' });
    expect([later.say, later.play]).toEqual(['现在没有播放，刚才是The Fox。', undefined]);
    const again = (await world.call('music_control', { action: 'resume' })).play;
    await next(again);
    again?.stopped(1000, 2000);
    await world.clock.advance(30_001);
    expect((await world.call('music_control', { action: 'what' })).play).toBeUndefined();
  });

  it('resumes in the same queue after a notice, at the byte where it stopped, unless the user stopped it', async () => {
    const queue = await play('album');
    await next(queue);
    const second = await next(queue);
    expect(second?.title).toBe('Moonlight');
    queue?.stopped(1234, 2000);
    expect(await next(queue)).toMatchObject({ title: 'Moonlight', fromMs: 1234 });
    queue?.stopped(66, 2000);
    expect(await next(queue)).toMatchObject({ title: 'Moonlight', fromMs: 1300 });
    queue?.stopped(600_000, 600_000);
    expect(await next(queue)).not.toHaveProperty('fromMs');
    expect((await next(queue))?.title).toBe('The Fox');
    expect(opened.at(-1)?.fromMs).toBeUndefined();
    const fox = opened.at(-1);
    await fox?.source.take(100);
    queue?.stopped(1000, 3000);
    const again = await next(queue);
    const rest = new TextDecoder().decode((await again?.source.take(2000))?.bytes);
    expect([again?.title, rest.length]).toEqual(['The Fox', 1021 - 33]);
    queue?.stopped(0, 0);
    await world.call('music_control', { action: 'stop' });
    expect(await next(queue)).toBeUndefined();
    expect((await next((await world.call('music_control', { action: 'resume' })).play))?.title).toBe('The Fox');
  });

  it.each([['book'], ['moonlight']])('keeps its place in %s while no file can be read', async (query) => {
    const music = join(folder, 'music');
    for (let n = 1; n <= 9; n++) await writeFile(join(music, `Book ${n}.mp3`), 'x'.repeat(1000));
    const queue = await play(query);
    const sound = await next(queue);
    await sound?.source.take(500);
    queue?.stopped(1234, 2000);
    const resumed = async (): Promise<unknown> => {
      const again = (await world.call('music_control', { action: 'resume' })).play;
      const from = await next(again);
      const length = (await from?.source.take(2000))?.bytes.length;
      again?.stopped(0, 0);
      return from && { title: from.title, fromMs: from.fromMs, length };
    };
    const before = await resumed();
    await rename(music, `${music} away`);
    expect(await resumed()).toBeUndefined();
    await rename(`${music} away`, music);
    expect(await resumed()).toEqual(before);
  });

  it('skips files that cannot be read, but ends after five in a row', async () => {
    const bookOf = (n: number): string => join(folder, 'music', `Book ${n}.mp3`);
    for (let n = 1; n <= 9; n++) await writeFile(bookOf(n), 'x'.repeat(1000));
    const queue = await play('book');
    expect((await next(queue))?.title).toBe('Book 1');
    for (const n of [2, 4, 5, 6, 7, 8]) await rm(bookOf(n));
    expect((await next(queue))?.title).toBe('Book 3');
    expect(await next(queue)).toBeUndefined();
  });

  it('opens a track again if its opening was interrupted', async () => {
    const queue = await play('album');
    await next(queue);
    const cut = new AbortController();
    cut.abort(new Error('cut'));
    await expect(queue?.next(cut.signal)).rejects.toThrow('cut');
    queue?.stopped(0, 0);
    expect((await next(queue))?.title).toBe('Moonlight');
  });

  it('resumes after each answer that was interrupted before the music began, but not once it is over', async () => {
    const source = world.source();
    const queue = await play('fox');
    await next(queue);
    queue?.stopped(1000, 2000);
    for (let n = 0; n < 3; n++) {
      await world.clock.advance(20_000);
      expect(source.interrupted?.()).toBeDefined();
    }
    expect(await titles(source.interrupted?.())).toEqual(['The Fox']);
    expect(source.interrupted?.()).toBeUndefined();
  });

  it('is not tried again in every answer if it cannot be played', async () => {
    const queue = await play('fox');
    await rm(join(folder, 'music', 'Stories'), { recursive: true });
    expect(await titles(queue)).toEqual([]);
    expect(world.source().interrupted?.()).toBeUndefined();
  });

  it('stays silent in later answers once the user wanted silence, also without a call of the tool', async () => {
    const toolbox = createToolbox({ sources: [world.source()], clock: world.clock, log: silentLogger });
    const queue = await play('fox');
    await next(queue);
    queue?.stopped(1000, 2000);
    const talk = conversation(model([text('OK.')]).llm, { clock: world.clock });
    await parts(talk.respond(input('Stop', toolbox), signal));
    await world.clock.advance(15_000);
    const later = await parts(talk.respond(input('What time is it?', toolbox), signal));
    expect(later.map(({ type }) => type)).not.toContain('play');
  });

  it('without a language model, resumes after words that match no rule, but not after "stop"', async () => {
    const { clock } = world;
    const toolbox = createToolbox({ sources: [world.source()], clock, log: silentLogger });
    const talk = conversation(createOfflineAssistant({ clock }), { clock });
    const said = async (text: string): Promise<SoundQueue | undefined> => {
      const all = await parts(talk.respond(input(text, toolbox), signal));
      return all.flatMap((part) => (part.type === 'play' ? [part.sounds] : []))[0];
    };
    const queue = await said('Play the album.');
    await next(queue);
    queue?.stopped(0, 0);
    for (const [words, title] of [
      ['Hm, the thing over there', '小星星'],
      ['What time is it?', '小星星'],
      ['No, the next one.', 'Moonlight'],
      ['What song is this?', 'Moonlight'],
      ['Play something that is not there', 'Moonlight'],
      ['Stop!', undefined],
      ['Hm, the thing over there', undefined],
    ] as const) {
      const on = await said(words);
      expect([words, (await next(on))?.title]).toEqual([words, title]);
      on?.stopped(0, 0);
    }
  });

  it("finds a station by its name or its playlist's name, but does not count it as a file", async () => {
    const list = '#EXTM3U\n#EXTINF:-1,Radio Nine\nhttp://127.0.0.1:9/nine\nhttps://127.0.0.1:9/Night_Jazz.mp3\n';
    await writeFile(join(folder, 'music', 'channels.m3u'), list);
    await writeFile(join(folder, 'music', 'more.pls'), '[playlist]\nFile1=http://127.0.0.1:9/ten\nTitle1=Radio Ten\n');
    const { clock } = world;
    const library = new Library({ folders: [join(folder, 'music')], stations: {}, clock, log: silentLogger });
    const found = async (query: string): Promise<unknown> => (await library.find(query)).map(({ title }) => title);
    expect(await library.find('radio nine')).toEqual([
      { title: 'Radio Nine', place: 'http://127.0.0.1:9/nine', kind: 'station' },
    ]);
    expect(await found('jazz')).toEqual(['Night Jazz']);
    expect(await found('channels')).toEqual(['Radio Nine', 'Night Jazz']);
    expect(await found('radio ten')).toEqual(['Radio Ten']);
    expect(await found('evening')).toEqual(['The Fox', 'b']);
    expect(await found('')).toEqual(['小星星', 'Moonlight', 'The Fox']);
    // This address is local, so it is not requested.
    expect(await next(await play('radio nine'))).toBeUndefined();
  });

  it('is found even if there is a playlist of any size beside it', async () => {
    await truncate(join(folder, 'music', 'evening.m3u'), 3 * 2 ** 30);
    expect(await titles(await play('evening'))).toEqual(['The Fox']);
    expect(await titles(await play('moonlight'))).toEqual(['Moonlight']);
  });

  it('may come from stations, but only if allowed from stations in the local network', async () => {
    const server: Server = createServer((request, response) => {
      if (request.url === '/moved') response.writeHead(302, { location: '/live' }).end();
      else response.end('sound');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stations = { 'Radio One': `http://127.0.0.1:${(server.address() as AddressInfo).port}/moved` };
    for (const [allowPrivate, heard] of [
      [true, ['Radio One']],
      [false, []],
    ] as const) {
      const other = await ToolWorld.open({ sections: { music: { stations, allow_private: allowPrivate } } });
      const { play: queue } = await other.call('play_music', { query: 'radio one' });
      const sound = await next(queue);
      expect(sound ? [sound.title] : []).toEqual(heard);
      if (sound) expect(new TextDecoder().decode((await sound.source.take(100)).bytes)).toBe('sound');
      sound?.close();
      await other.close();
    }
    server.closeAllConnections();
    server.close();
  });

  it.each([
    ['one.flac', 'flac'],
    ['two.ogg', 'ogg'],
    ['three.opus', 'ogg'],
    ['four.WAV', 'wav'],
  ])('%s is passed on as %s, from its beginning even after a stop', async (name, kind) => {
    await writeFile(join(folder, 'music', name), name.repeat(100));
    const title = name.split('.')[0] ?? '';
    const queue = await play(title);
    const sound = await next(queue);
    expect(sound?.format).toEqual({ kind });
    await sound?.source.take(100);
    queue?.stopped(1000, 2000);
    const again = await next((await world.call('music_control', { action: 'resume' })).play);
    expect(new TextDecoder().decode((await again?.source.take(name.length))?.bytes)).toBe(name);
  });

  it('is not offered if there is neither a folder nor a station', async () => {
    const other = await ToolWorld.open();
    expect(other.names).not.toContain('play_music');
    await other.close();
  });
});
