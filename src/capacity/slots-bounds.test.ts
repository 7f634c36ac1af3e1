import { describe, expect, it } from 'vitest';
import { world } from '../../test/fakes/slots-world.js';

describe('limits of an engine', () => {
  it("queues jobs above the engine's concurrency, while others continue", async () => {
    const { clock, started, job, slots } = world({ slots: 3 });
    const pool = { id: 'model', size: 1 };
    for (const name of ['a', 'b']) void job(name, { pool });
    void job('c', { pool: { id: 'other', size: 1 } });
    void job('d', { kind: 'tts' });
    expect(started).toEqual(['a', 'c', 'd']);
    expect(slots.view().waiting).toBe(1);
    await clock.advance(100);
    expect(started).toEqual(['a', 'c', 'd', 'b']);
    await clock.advance(100);
  });

  it('runs as many jobs at once as the engine can', async () => {
    const { clock, started, job } = world({ slots: 4 });
    for (const name of ['a', 'b', 'c']) void job(name, { pool: { id: 'model', size: 2 } });
    expect(started).toEqual(['a', 'b']);
    await clock.advance(100);
    expect(started).toEqual(['a', 'b', 'c']);
    await clock.advance(100);
  });
});

describe('limits of a kind', () => {
  it('keeps a slot free for jobs of another kind', async () => {
    const { clock, started, job } = world({ slots: 2, maxOfKind: { asr: 1 } });
    for (const name of ['a', 'b']) void job(name);
    void job('c', { kind: 'tts', deadlineMs: 5000 });
    expect(started).toEqual(['a', 'c']);
    await clock.advance(100);
    expect(started).toEqual(['a', 'c', 'b']);
    await clock.advance(100);
    expect(clock.pending).toBe(0);
  });
});
