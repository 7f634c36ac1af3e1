import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketBatch, eachPacket } from './protocol.js';

describe('packet batch', () => {
  it('carries packets in order, in every tick', () => {
    const batch = new PacketBatch();
    const tick = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.boolean(), fc.uint8Array({ maxLength: 4000 })),
      { maxLength: 200 },
    );
    const property = fc.property(tick, (packets) => {
      for (const [stream, reference, packet] of packets) batch.add(stream, reference, packet);
      const seen: unknown[] = [];
      // The batch reuses its bytes in the next tick. The copy is what a process would receive.
      eachPacket(structuredClone(batch.take()), (stream, reference, packet) =>
        seen.push([stream, reference, packet.slice()]),
      );
      expect(seen).toEqual(packets);
    });
    expect(() => fc.assert(property, { numRuns: 60 })).not.toThrow();
  });
});
