import { describe, expect, it } from 'vitest';
import { DeviceQueue, packets, pacerWorld } from '../../../../test/fakes/pacer-world.js';
import { LinkProbe } from '../../../device/transport/link-probe.js';

describe('a link that delays all packets and then delivers them at once', () => {
  /** Packets and pings arrive in order, and nothing arrives during `heldMs`. Pongs take 40 ms. */
  async function speakOver(heldMs: readonly [number, number], capacity: number, count: number) {
    const world = pacerWorld({ tailMs: 0 });
    const { clock } = world;
    const device = new DeviceQueue(capacity);
    const probe = new LinkProbe(clock, () => cross(() => probe.answered()));
    const cross = (arrive: () => void): void => {
      const nowMs = clock.nowMs();
      const held = nowMs >= heldMs[0] && nowMs < heldMs[1];
      clock.after((held ? heldMs[1] - nowMs : 0) + 40, arrive);
    };
    const sentMs: number[] = [];
    const sink = {
      deviceQueueLimit: 16,
      bufferedBytes: () => 0,
      link: probe,
      sendPacket: () => {
        sentMs.push(clock.nowMs());
        cross(() => device.arrive(clock.nowMs()));
      },
    };
    const { reply, events } = world.open(device, 16, { sink });
    reply.push(packets(count), 0);
    reply.end();
    await clock.advance(count * 60 + 10_000);
    return { ...world, device, reply, sentMs, doneMs: Number(events.at(-1)?.split(' ')[1]), probe };
  }

  it.each([3000, 3150, 3300, 3450, 3600])(
    'stalls for 2 s from %i ms on: no packet is lost, and the end is late',
    async (fromMs) => {
      const { device, reply, sentMs, counts, doneMs } = await speakOver([fromMs, fromMs + 2000], 20, 150);
      expect(device.lost).toBe(0);
      expect(reply.underruns).toBe(1);
      expect(counts['chorus_underruns_predicted_total']).toBe(1);
      const pauseMs = Math.max(...sentMs.slice(1).map((atMs, i) => atMs - sentMs[i]!));
      expect(pauseMs).toBeGreaterThan(1000);
      // The audio lasts 9 s, and the device had none for 1.4 s. The tolerance is half the time between pings.
      expect(doneMs).toBeGreaterThan(9_000 + 1_400 - 450);
      expect(doneMs).toBeLessThan(9_000 + 1_400 + 450);
    },
  );

  it('stalls for 400 ms: the lead covers it', async () => {
    const { device, reply, doneMs } = await speakOver([3000, 3400], 20, 150);
    expect(device).toMatchObject({ lost: 0, underruns: 0 });
    expect(reply.underruns).toBe(0);
    expect(doneMs).toBe(9_000);
  });

  it('stalls over the last packet: the end waits for the pong', async () => {
    const { doneMs } = await speakOver([5_300, 7_300], 20, 100);
    expect(doneMs).toBeGreaterThan(7_300);
  });

  it('stalls for ever: no more is sent than a device can hold, and the device is reported as gone', async () => {
    const { sentMs, probe } = await speakOver([3000, Infinity], 20, 1000);
    expect(sentMs.filter((atMs) => atMs >= 3000).length).toBeLessThanOrEqual(18);
    expect(probe.gone).toBe(true);
  });
});
