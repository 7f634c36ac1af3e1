import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../../test/fakes/fake-clock.js';
import { asOrdinaryUser } from '../../../../test/fakes/ordinary-user.js';
import { TinyDisk } from '../../../../test/fakes/tiny-disk.js';
import {
  type Clock,
  type Labels,
  type Metrics,
  noMetrics,
  Scope,
  silentLogger,
  systemClock,
} from '../../../core/index.js';
import { PhraseCache, type PhraseCacheSettings, type PhraseKey } from './phrase-cache.js';

let folder: string;
const scopes: Scope[] = [];

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'chorus-phrases-')), 'phrases');
});
afterEach(async () => {
  await Promise.all(scopes.splice(0).map((scope) => scope.close()));
  await rm(join(folder, '..'), { recursive: true, force: true });
});

const phraseOf = (text: string): PhraseKey => ({ text, language: 'en-US', voice: undefined });
const packetsOf = (text: string, bytes = 60): Uint8Array[] => {
  const sound = createHash('sha256').update(text).digest();
  return [0, 1, 2].map((n) => new Uint8Array(bytes / 3).map((_, i) => (sound[i % sound.length] ?? 0) + n));
};

interface World {
  readonly cache: PhraseCache;
  /** Resolves when all kept phrases are written to disk. */
  readonly settle: () => Promise<void>;
  readonly warnings: string[];
  readonly gauges: Map<string, number>;
}

async function open(settings: Partial<PhraseCacheSettings> = {}, clock: Clock = systemClock): Promise<World> {
  const failed: unknown[] = [];
  const scope = new Scope('test', (_name, error) => failed.push(error));
  scopes.push(scope);
  const warnings: string[] = [];
  const gauges = new Map<string, number>();
  const log = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const metrics: Metrics = {
    ...noMetrics,
    gauge: (name: string, value: number, _labels?: Labels) => void gauges.set(name, value),
  };
  const cache = new PhraseCache(
    { maxBytes: 100_000, disk: { directory: folder, maxBytes: 100_000 }, recurring: true, recipe: '', ...settings },
    { clock, log, metrics, scope },
  );
  await cache.open();
  const settle = async (): Promise<void> => {
    await expect.poll(() => scope.tree().tasks).toEqual([]);
    expect(failed).toEqual([]);
  };
  return { cache, settle, warnings, gauges };
}

const files = async (): Promise<string[]> => (await readdir(folder)).sort();
const only = async (): Promise<string> => {
  const [name, ...more] = await files();
  expect(more).toEqual([]);
  return join(folder, name!);
};

async function keepOne(settings: Partial<PhraseCacheSettings> = {}): Promise<string> {
  const { cache, settle } = await open(settings);
  cache.set(phraseOf('Yes?'), { packets: packetsOf('Yes?'), providerId: 'edge' });
  await settle();
  return only();
}

describe('a kept phrase', () => {
  it('is available after a restart, byte for byte', async () => {
    const file = await keepOne();
    expect((await stat(file)).mode & 0o077).toBe(0);
    const { cache, gauges } = await open();
    expect(await cache.get(phraseOf('Yes?'), ['flite', 'edge'])).toEqual({
      packets: packetsOf('Yes?'),
      providerId: 'edge',
    });
    expect(gauges.get('chorus_phrase_cache_disk_bytes')).toBe((await stat(file)).size);
    expect(gauges.get('chorus_phrase_cache_bytes')).toBe(66);
  });

  it.each([
    ['another text', { ...phraseOf('No?') }, ['edge'], {}],
    ['another voice', { ...phraseOf('Yes?'), voice: 'en-GB-Sonia' }, ['edge'], {}],
    ['another language', { ...phraseOf('Yes?'), language: 'de-DE' }, ['edge'], {}],
    ['another provider', phraseOf('Yes?'), ['flite'], {}],
    ['another rate or codec', phraseOf('Yes?'), ['edge'], { recipe: 'rate 1.2' }],
  ])('is not returned for %s', async (_what, phrase, providers, settings) => {
    await keepOne();
    const { cache } = await open(settings);
    expect(await cache.get(phrase, providers)).toBeUndefined();
    expect(await files()).toHaveLength(1);
  });

  it('shares no memory with the packets passed in', async () => {
    const { cache } = await open();
    const packets = packetsOf('Yes?');
    cache.set(phraseOf('Yes?'), { packets, providerId: 'edge' });
    packets[0]?.fill(0);
    expect((await cache.get(phraseOf('Yes?'), ['edge']))?.packets).toEqual(packetsOf('Yes?'));
  });

  it('is not kept when it is too long', async () => {
    const { cache, settle } = await open();
    cache.set(phraseOf('long'), { packets: packetsOf('long', 66_000), providerId: 'edge' });
    cache.set(phraseOf('nothing'), { packets: [], providerId: 'edge' });
    await settle();
    expect(await cache.get(phraseOf('long'), ['edge'])).toBeUndefined();
    expect(await files()).toEqual([]);
  });
});

describe('a sentence that may be personal', () => {
  it('is not stored at all until a third device hears it', async () => {
    const { cache } = await open();
    const phrase = phraseOf('Your appointment is at four.');
    expect(['a', 'b', 'a', 'b'].map((device) => cache.said(phrase, device))).toEqual([false, false, false, false]);
    expect(await files()).toEqual([]);
    expect(cache.said(phrase, 'c')).toBe(true);
  });

  it('is never stored if recurring sentences are off, but configured phrases are', async () => {
    const { cache } = await open({ recurring: false });
    cache.configure(phraseOf('Yes?'));
    expect(cache.said(phraseOf('Yes?'), 'a')).toBe(true);
    for (const device of ['a', 'b', 'c', 'd']) expect(cache.said(phraseOf('It is raining.'), device)).toBe(false);
  });

  it('is stored as audio, not as text, under a name that reveals nothing', async () => {
    const file = await keepOne();
    expect(file).toMatch(/[0-9a-f]{64}\.opus-phrase$/);
    expect((await readFile(file)).includes('Yes?')).toBe(false);
  });
});

describe('damage to a kept phrase', () => {
  const damages: [string, (file: string) => Promise<void>][] = [
    [
      'a flipped bit',
      async (file) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 5]! ^= 1;
        await writeFile(file, bytes);
      },
    ],
    ['a file cut short', (file) => truncate(file, 50)],
    ['an empty file', (file) => truncate(file, 0)],
    ['something else', (file) => writeFile(file, 'not a phrase at all, but long enough to be one of them')],
  ];
  it.each(damages)('is reported (%s); the file is removed and written again', async (_what, damage) => {
    const file = await keepOne();
    await damage(file);
    const { cache, settle, warnings } = await open();
    expect(await cache.get(phraseOf('Yes?'), ['edge'])).toBeUndefined();
    expect(warnings).toEqual(['a kept phrase was damaged and is made again']);
    expect(await files()).toEqual([]);
    cache.set(phraseOf('Yes?'), { packets: packetsOf('Yes?'), providerId: 'edge' });
    await settle();
    const again = await open();
    expect(await again.cache.get(phraseOf('Yes?'), ['edge'])).toMatchObject({ packets: packetsOf('Yes?') });
  });

  it('is detected if a file has the name of another phrase, so the file is not played', async () => {
    const file = await keepOne();
    const { cache, settle } = await open();
    cache.set(phraseOf('No.'), { packets: packetsOf('No.'), providerId: 'edge' });
    await settle();
    const other = (await files()).map((name) => join(folder, name)).find((name) => name !== file)!;
    await rename(other, file);
    const again = await open();
    expect(await again.cache.get(phraseOf('Yes?'), ['edge'])).toBeUndefined();
  });

  it('includes unfinished files, which are removed at the next start; those of other programs are not', async () => {
    await keepOne();
    await writeFile(join(folder, 'abc.opus-phrase-1234.unfinished'), 'half');
    await writeFile(join(folder, 'README'), 'mine');
    await open();
    expect((await files()).map((name) => name.replace(/^[0-9a-f]{64}/, '*'))).toEqual(['*.opus-phrase', 'README']);
  });

  it('includes removed files, which are treated as missing', async () => {
    const file = await keepOne();
    const { cache, warnings, gauges } = await open();
    await rm(file);
    expect(await cache.get(phraseOf('Yes?'), ['edge'])).toBeUndefined();
    expect([warnings, gauges.get('chorus_phrase_cache_disk_bytes')]).toEqual([[], 0]);
  });
});

describe('a folder that cannot be used', () => {
  it('is reported once, and phrases stay in memory', async () => {
    await writeFile(folder, 'a file where the folder should be');
    const { cache, settle, warnings } = await open();
    for (const text of ['Yes?', 'No.', 'Perhaps.'])
      cache.set(phraseOf(text), { packets: packetsOf(text), providerId: 'edge' });
    await settle();
    expect(warnings).toEqual(['phrases cannot be kept on disk; they are in memory only']);
    expect((await cache.get(phraseOf('No.'), ['edge']))?.packets).toEqual(packetsOf('No.'));
  });

  it.skipIf(!TinyDisk.possible())(
    'may be full: stored phrases are spoken, and writing resumes when there is room',
    async () => {
      const disk = TinyDisk.mount(1);
      try {
        const clock = new FakeClock();
        const settings = { disk: { directory: join(disk.folder, 'phrases'), maxBytes: 1_000_000 } };
        const { cache, settle, warnings } = await open(settings, clock);
        const keep = async (text: string): Promise<void> => {
          cache.set(phraseOf(text), { packets: packetsOf(text, 6000), providerId: 'edge' });
          await settle();
        };
        await keep('before');
        disk.fill();
        for (const text of ['one', 'two']) await keep(text);
        expect(warnings).toEqual(['phrases cannot be kept on disk; they are in memory only']);
        expect((await cache.get(phraseOf('two'), ['edge']))?.packets).toEqual(packetsOf('two', 6000));
        disk.free();
        await clock.advance(61_000);
        await keep('after');
        expect(await readdir(settings.disk.directory)).toHaveLength(2);
        const { cache: next } = await open(settings);
        for (const text of ['before', 'after'])
          expect((await next.get(phraseOf(text), ['edge']))?.packets).toEqual(packetsOf(text, 6000));
      } finally {
        disk.unmount();
      }
    },
  );

  it('may be read-only, so that kept phrases are still read', async () => {
    await keepOne();
    await asOrdinaryUser(join(folder, '..'), async () => {
      await chmod(folder, 0o500);
      const { cache, settle, warnings } = await open();
      cache.set(phraseOf('No.'), { packets: packetsOf('No.'), providerId: 'edge' });
      await settle();
      expect(await cache.get(phraseOf('Yes?'), ['edge'])).toBeDefined();
      expect(warnings).toHaveLength(1);
      await chmod(folder, 0o700);
    });
  });
});

describe('the limit of kept phrases', () => {
  it('applies on disk across restarts, and evicts the least recently used first', async () => {
    const fileBytes = 40 + 66;
    const small = { disk: { directory: folder, maxBytes: 3 * fileBytes } };
    const { cache, settle } = await open(small);
    for (const text of ['one', 'two', 'three'])
      cache.set(phraseOf(text), { packets: packetsOf(text), providerId: 'edge' });
    await settle();
    for (const [i, name] of (await files()).entries()) await utimes(join(folder, name), 1000 + i, 1000 + i);
    const second = await open(small);
    expect(await second.cache.get(phraseOf('one'), ['edge'])).toBeDefined();
    expect(await second.cache.get(phraseOf('three'), ['edge'])).toBeDefined();
    const third = await open(small);
    third.cache.set(phraseOf('four'), { packets: packetsOf('four'), providerId: 'edge' });
    await third.settle();
    const last = await open(small);
    const left = await Promise.all(
      ['one', 'two', 'three', 'four'].map(
        async (text) => (await last.cache.get(phraseOf(text), ['edge'])) !== undefined,
      ),
    );
    expect(left).toEqual([true, false, true, true]);
    expect(last.gauges.get('chorus_phrase_cache_disk_bytes')).toBe(3 * fileBytes);
  });

  it('takes account of phrases used from memory, even across a restart, with one disk write per hour', async () => {
    const clock = new FakeClock(Date.now());
    const small = { disk: { directory: folder, maxBytes: 2 * (40 + 66) } };
    const { cache, settle } = await open(small, clock);
    for (const text of ['one', 'two']) cache.set(phraseOf(text), { packets: packetsOf(text), providerId: 'edge' });
    await settle();
    const noted = async (): Promise<number[]> =>
      Promise.all((await files()).map(async (name) => (await stat(join(folder, name))).mtimeMs));
    const [before] = [await noted()];
    for (const hours of [0.5, 0.4]) {
      await clock.advance(hours * 3_600_000);
      expect(await cache.get(phraseOf('one'), ['edge'])).toBeDefined();
      await settle();
    }
    // The file was written less than an hour ago, so it is not marked again.
    expect(await noted()).toEqual(before);
    await clock.advance(3_600_000);
    expect(await cache.get(phraseOf('one'), ['edge'])).toBeDefined();
    await settle();
    expect((await noted()).filter((atMs) => !before.includes(atMs))).toHaveLength(1);
    const again = await open(small, clock);
    again.cache.set(phraseOf('three'), { packets: packetsOf('three'), providerId: 'edge' });
    await again.settle();
    const last = await open(small, clock);
    expect(
      await Promise.all(
        ['one', 'two'].map(async (text) => (await last.cache.get(phraseOf(text), ['edge'])) !== undefined),
      ),
    ).toEqual([true, false]);
  });

  it('is never exceeded in memory or on disk, and every phrase returns its own packets', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e', 'f'];
    const step = fc.record({
      op: fc.constantFrom('set', 'get', 'restart'),
      text: fc.constantFrom(...texts),
      bytes: fc.constantFrom(30, 60, 300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await rm(folder, { recursive: true, force: true });
        const bounds = { maxBytes: 200, disk: { directory: folder, maxBytes: 500 } };
        let world = await open(bounds);
        const said = new Map<string, number>();
        for (const { op, text, bytes } of steps) {
          if (op === 'restart') world = await open(bounds);
          else if (op === 'set') {
            said.set(text, said.get(text) ?? bytes);
            world.cache.set(phraseOf(text), { packets: packetsOf(text, said.get(text)), providerId: 'edge' });
            await world.settle();
          } else {
            const packets = (await world.cache.get(phraseOf(text), ['edge']))?.packets;
            if (packets) expect(packets).toEqual(packetsOf(text, said.get(text)));
          }
          expect(world.gauges.get('chorus_phrase_cache_bytes') ?? 0).toBeLessThanOrEqual(200);
          const sizes = await Promise.all((await files()).map(async (name) => (await stat(join(folder, name))).size));
          expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(500);
        }
      }),
      { numRuns: 30 },
    );
  });
});
