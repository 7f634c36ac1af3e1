import { describe, expect, it } from 'vitest';
import { ChorusError, type ErrorCode, Scope, silentLogger } from '../../core/index.js';
import { FakeClock, settle } from '../../../test/fakes/fake-clock.js';
import type { TtsProvider } from './tts-port.js';
import { withProbe } from './with-probe.js';

const REQUEST = { text: 'Hello.', language: 'en' };
const never = (): AbortSignal => new AbortController().signal;

class World {
  readonly clock = new FakeClock();
  readonly problems: unknown[] = [];
  readonly scope = new Scope('test', (_, error) => this.problems.push(error));
  probes = 0;
  readonly provider: TtsProvider;
  expected = 0;

  constructor(public service: 'up' | 'hangs' | 'breaks' | ErrorCode = 'up') {
    const inner: TtsProvider = {
      id: 'far',
      languages: ['en'],
      local: false,
      predictMs: () => 1,
      expect: () => void (this.expected += 1),
      synthesize: async (_, signal) => {
        await this.#reach(signal);
        const service = this.service;
        return {
          format: { kind: 'mp3' },
          chunks: (async function* () {
            yield Uint8Array.of(1);
            if (service === 'breaks') throw new ChorusError('tts.unreachable', 'cut');
          })(),
        };
      },
    };
    this.provider = withProbe(inner, {
      clock: this.clock,
      log: silentLogger,
      scope: this.scope,
      probe: async (signal) => {
        this.probes += 1;
        await this.#reach(signal);
      },
    });
  }

  async #reach(signal: AbortSignal): Promise<void> {
    if (this.service === 'hangs')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    else if (this.service !== 'up' && this.service !== 'breaks') throw new ChorusError(this.service, 'no');
  }

  async speak(signal = never()): Promise<string> {
    try {
      for await (const chunk of (await this.provider.synthesize(REQUEST, signal)).chunks)
        if (chunk.byteLength === 0) return 'empty';
      return 'spoken';
    } catch (error) {
      return error instanceof ChorusError ? error.code : String(error);
    }
  }

  get available(): boolean {
    return this.provider.available?.() ?? true;
  }
}

describe('withProbe', () => {
  it('finds a reachable service, and probes it no more', async () => {
    const world = new World();
    expect(world.available).toBe(false);
    await settle();
    expect(world.available).toBe(true);
    expect(await world.speak()).toBe('spoken');
    await world.clock.advance(3_600_000);
    expect(world.probes).toBe(1);
    await world.scope.close();
  });

  it('announces sentences to reachable services only', async () => {
    const world = new World();
    world.provider.expect?.(never());
    expect(world.expected).toBe(0);
    await settle();
    world.provider.expect?.(never());
    expect(world.expected).toBe(1);
    await world.scope.close();
  });

  it('refuses at once without internet, and detects when it returns', async () => {
    const world = new World('hangs');
    await world.clock.advance(4_000);
    expect(await world.speak()).toBe('tts.unavailable');
    expect(world.clock.nowMs()).toBe(4_000);
    await world.clock.advance(1_000 + 15_000 + 5_000 + 30_000);
    expect(world.probes).toBe(3);
    world.service = 'up';
    await world.clock.advance(5_000 + 60_000);
    expect(world.available).toBe(true);
    expect(await world.speak()).toBe('spoken');
    await world.scope.close();
  });

  it('probes less and less often, down to every five minutes', async () => {
    const world = new World('tts.unreachable');
    await world.clock.advance(3_600_000);
    // There are probes after 15, 30, 60, 120 and 240 s, and then every 300 s.
    expect(world.probes).toBe(1 + 5 + Math.floor((3600 - 465) / 300));
    await world.scope.close();
  });

  it.each(['tts.unreachable', 'tts.rejected'] as const)(
    'takes the service out of use after a request that ends in %s',
    async (code) => {
      const world = new World();
      await settle();
      world.service = code;
      expect(await world.speak()).toBe(code);
      expect(world.available).toBe(false);
      expect(await world.speak()).toBe('tts.unavailable');
      world.service = 'up';
      await world.clock.advance(15_000);
      expect(world.available).toBe(true);
      await world.scope.close();
    },
  );

  it.each(['tts.failed', 'tts.rate_limited'] as const)('%s concerns one sentence only', async (code) => {
    const world = new World();
    await settle();
    world.service = code;
    expect(await world.speak()).toBe(code);
    expect(world.available).toBe(true);
    await world.scope.close();
  });

  it('takes the service out of use after a time-out, but not after a barge-in', async () => {
    const world = new World();
    await settle();
    world.service = 'hangs';
    const bargeIn = new AbortController();
    const first = world.speak(bargeIn.signal);
    await settle();
    bargeIn.abort(new Error('barge-in'));
    expect(await first).toContain('barge-in');
    expect(world.available).toBe(true);
    const tooLong = new AbortController();
    const second = world.speak(tooLong.signal);
    await settle();
    tooLong.abort(new ChorusError('tts.timeout', 'too long'));
    expect(await second).toBe('tts.timeout');
    expect(world.available).toBe(false);
    await world.scope.close();
  });

  it('takes the service out of use after a failure during speech, until the next probe', async () => {
    const world = new World();
    await settle();
    world.service = 'breaks';
    expect(await world.speak()).toBe('tts.unreachable');
    expect(world.available).toBe(false);
    await settle();
    expect(world.available).toBe(true);
    await world.scope.close();
  });

  it('leaves no task or timer behind', async () => {
    for (const service of ['up', 'hangs', 'tts.unreachable'] as const) {
      const world = new World(service);
      await settle();
      await world.scope.close();
      expect(world.scope.tree()).toEqual({ name: 'test', tasks: [], children: [] });
      expect(world.clock.pending).toBe(0);
      expect(world.problems).toEqual([]);
    }
  });
});
