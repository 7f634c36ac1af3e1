import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { world } from '../../test/fakes/admission-world.js';
import { CountingMetrics } from '../../test/fakes/counting-metrics.js';
import { settle } from '../../test/fakes/fake-clock.js';

describe('room for conversations', () => {
  it('keeps a conversation’s seat through its pauses, so that a new device waits until it is over', async () => {
    const { clock, admission, admitted, want, end } = world({ room: { conversations: 2, strained: false } });
    want('a');
    want('b');
    await end('a');
    await clock.advance(14_000);
    want('c', undefined, 500);
    await clock.advance(500);
    expect(admitted).toEqual(['a', 'b', 'c refused']);
    want('a', 0);
    await settle();
    expect(admitted.at(-1)).toBe('a');
    await end('a');
    want('c', undefined, 20_000);
    await clock.advance(14_999);
    expect(admission.view()).toEqual({ talking: 1, conversations: 2, active: 1, waiting: 1 });
    await clock.advance(1);
    expect(admitted.at(-1)).toBe('c');
    expect(clock.pending).toBe(0);
  });

  it('does not let a device that asks when a seat becomes free overtake a waiting one', async () => {
    const { clock, admission, admitted, want, end } = world({ room: { conversations: 2, strained: false } });
    want('talks on');
    want('a');
    await end('a');
    let late: unknown = 'not asked';
    // This timer was set before the admission's timer for the same time, so it fires first.
    clock.after(15_000, () => {
      late = admission.tryAdmit('late');
      want('later', undefined, 500);
    });
    await clock.advance(13_000);
    want('b', undefined, 20_000);
    await clock.advance(2000);
    expect(late).toBeUndefined();
    expect(admitted).toEqual(['talks on', 'a', 'b']);
    await clock.advance(500);
    expect(admitted).toEqual(['talks on', 'a', 'b', 'later refused']);
  });

  it('lets conversations go on, and no new one begin, while late jobs lower the limit of conversations', async () => {
    const { admission, admitted, want, end } = world({ room: { conversations: 3, strained: false } });
    for (const name of ['a', 'b', 'c']) want(name);
    await end('c');
    admission.setRoom({ conversations: 1, seated: 3, strained: false });
    want('c', 0, 500);
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c', 'c']);
    await end('a');
    expect(admission.tryAdmit('new')).toBeUndefined();
    admission.setRoom({ conversations: 1, seated: 2, strained: false });
    expect(admission.tryAdmit('a')).toBeUndefined();
  });

  it('frees the seat of a device that has left, at once or when its turn ends', async () => {
    const { admission, admitted, want, end } = world({ room: { conversations: 2, strained: false } });
    want('a');
    want('b');
    want('c');
    await end('a');
    admission.release('b');
    await settle();
    expect(admitted).toEqual(['a', 'b']);
    admission.release('a');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c']);
  });

  it('continues conversations under strain, and begins new ones only up to half of the limit', async () => {
    const { clock, admission, admitted, want, end } = world({ room: { conversations: 10, strained: false } });
    want('a');
    want('b');
    await end('a');
    admission.setRoom({ conversations: 6, strained: true });
    want('a', clock.nowMs());
    want('c');
    want('d');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'a', 'c']);
    admission.setRoom({ conversations: 6, strained: false });
    await settle();
    expect(admitted.at(-1)).toBe('d');
  });

  it('interrupts no conversation when room shrinks, and refuses no device on an idle machine', async () => {
    const { admission, admitted, want, end } = world({ room: { conversations: 3, strained: false } });
    for (const name of ['a', 'b', 'c']) want(name);
    await settle();
    admission.setRoom({ conversations: 1, strained: true });
    expect(admission.view().talking).toBe(3);
    for (const name of ['a', 'b', 'c']) await end(name);
    want('d');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('a device that was refused ten times in a row', () => {
  it('gets its turn before a new device, even if it is absent when a seat becomes free', async () => {
    const { clock, admission, admitted, want, end, refuse } = world({ room: { conversations: 2, strained: false } });
    want('a');
    want('b');
    refuse('patient', 9);
    await end('a');
    admission.release('a');
    // Only ten refusals earn the next turn.
    want('c');
    await settle();
    expect(admitted).toEqual(['a', 'b', 'c']);
    admission.turnedAway('patient');
    await end('c');
    admission.release('c');
    await clock.advance(5000);
    want('new');
    await clock.advance(3000);
    want('patient');
    await settle();
    expect(admitted.slice(3)).toEqual(['new refused', 'patient']);
    await end('patient');
    admission.release('patient');
    want('new');
    await settle();
    expect(admitted.at(-1)).toBe('new');
  });

  it('is admitted before conversations if turns are limited, with one seat above the limit', async () => {
    const turns = world({ maxTalking: 1 });
    turns.want('a');
    turns.refuse('patient', 10);
    turns.want('b', 0, 20_000);
    turns.want('patient', undefined, 20_000);
    await turns.end('a');
    expect(turns.admitted).toEqual(['a', 'patient']);

    const seats = world({ room: { conversations: 1, strained: false } });
    seats.want('a');
    seats.refuse('patient', 10);
    seats.refuse('other', 10);
    seats.want('patient');
    seats.want('other');
    await settle();
    expect(seats.admitted).toEqual(['a', 'patient']);
  });

  it('is awaited for only 15 s if it does not come back', async () => {
    const { clock, admission, admitted, want, end, refuse } = world({ maxTalking: 1 });
    want('a');
    refuse('gone', 10);
    await end('a');
    want('new', undefined, 60_000);
    await clock.advance(14_999);
    expect(admission.view().waiting).toBe(1);
    await clock.advance(1);
    expect(admitted).toEqual(['a', 'new']);
    expect(clock.pending).toBe(0);
  });
});

describe('any sequence of events', () => {
  const step = fc.record({
    device: fc.nat(7),
    what: fc.constantFrom('want', 'want', 'end', 'leave', 'wait', 'room'),
    talked: fc.boolean(),
    room: fc.nat(5),
    strained: fc.boolean(),
  });

  it('never admits more turns or conversations than fit, and lets no device wait without a reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), async (steps, maxTalking) => {
        let room = { conversations: 2, strained: false };
        const { clock, admission, admitted, want, occupied, end } = world({ maxTalking, room, seatMs: 5000 });
        for (const { device, what, talked, ...change } of steps) {
          const before = admission.view();
          if (what === 'want' && !occupied(`${device}`)) want(`${device}`, talked ? clock.nowMs() : undefined);
          else if (what === 'end') await end(`${device}`);
          else if (what === 'leave') admission.release(`${device}`);
          else if (what === 'wait') await clock.advance(1100);
          else admission.setRoom((room = { conversations: change.room, strained: change.strained }));
          await settle(1);
          const { talking, conversations, active, waiting } = admission.view();
          expect(talking <= active && active <= conversations).toBe(true);
          expect(talking).toBeLessThanOrEqual(maxTalking);
          expect(talking).toBeGreaterThanOrEqual(0);
          // One seat above the limit is for a device that is owed a turn. An idle machine refuses no device, so one
          // more seat above the limit is possible.
          if (conversations > before.conversations)
            expect(conversations).toBeLessThanOrEqual(Math.max(1, room.conversations) + 2);
          const refusedOften = admitted.filter((entry) => entry.endsWith('refused')).length >= 10;
          const free =
            talking === 0 || (talking < maxTalking && conversations < room.conversations * (room.strained ? 0.5 : 1));
          if (!refusedOften) expect(waiting > 0 && free).toBe(false);
        }
        admission.setRoom({ conversations: 100, strained: false });
        while (admission.view().talking > 0) for (let device = 0; device < 8; device++) await end(`${device}`);
        await clock.advance(200_000);
        expect(admission.view()).toEqual({ talking: 0, conversations: 0, active: 0, waiting: 0 });
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a crowd that begins at once', () => {
  const room = { conversations: 20, awaiting: 12, strained: false };

  it('is admitted until twelve turns wait for audio; each reply that begins lets in one more', async () => {
    const { admission, admitted, want } = world({ room });
    const permits = Array.from({ length: 12 }, (_, i) => admission.tryAdmit(`d${i}`));
    expect(permits).not.toContain(undefined);
    expect(admission.tryAdmit('late')).toBeUndefined();
    want('patient');
    permits[0]?.answered();
    permits[0]?.answered();
    await settle();
    expect(admitted).toEqual(['patient']);
    expect(admission.tryAdmit('late')).toBeUndefined();
    permits[1]?.release();
    permits[1]?.answered();
    expect(admission.tryAdmit('late')).toBeDefined();
    expect(admission.tryAdmit('later')).toBeUndefined();
  });

  it('does not block the next turn of a conversation', () => {
    const { admission } = world({ room });
    admission.tryAdmit('talker')?.release();
    for (let i = 0; i < 12; i++) expect(admission.tryAdmit(`d${i}`)).toBeDefined();
    expect(admission.tryAdmit('new')).toBeUndefined();
    expect(admission.tryAdmit('talker')).toBeDefined();
  });
});

describe('a device that is owed a turn', () => {
  it('gets the free seat before a new device, and keeps that seat after its turn', async () => {
    const metrics = new CountingMetrics();
    const { clock, admission, refuse } = world({ metrics });
    admission.setRoom({ conversations: 1, strained: false });
    const permit = admission.tryAdmit('first');
    refuse('owed', 10);
    permit?.release();
    admission.release('first');
    expect(admission.view()).toMatchObject({ talking: 0, conversations: 0 });
    expect(admission.tryAdmit('new')).toBeUndefined();
    expect(metrics.of('chorus_admission_refused_total')).toEqual({ load: 10, owed: 1 });
    admission.tryAdmit('owed')?.release();
    await clock.advance(1000);
    expect(admission.view()).toMatchObject({ talking: 0, conversations: 1 });
  });
});
