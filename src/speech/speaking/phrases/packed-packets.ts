const LENGTH_BYTES = 2;
/** Largest Opus packet (RFC 6716, section 3.4: 1275 bytes for each 20 ms). */
const MAX_PACKET_BYTES = 3 * 1275;

/** Packs Opus packets into one buffer. Each packet follows its length in two bytes (big-endian). */
export function packPackets(packets: readonly Uint8Array[]): Buffer {
  const packed = Buffer.allocUnsafe(packedBytes(packets));
  let at = 0;
  for (const packet of packets) {
    at = packed.writeUInt16BE(packet.byteLength, at);
    packed.set(packet, at);
    at += packet.byteLength;
  }
  return packed;
}

export function packedBytes(packets: readonly Uint8Array[]): number {
  return packets.reduce((bytes, packet) => bytes + LENGTH_BYTES + packet.byteLength, 0);
}

/** Returns views of `bytes`. Throws RangeError if the lengths do not fit. */
export function unpackPackets(bytes: Buffer): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = bytes.length - at >= LENGTH_BYTES ? bytes.readUInt16BE(at) : 0;
    at += LENGTH_BYTES;
    if (length === 0 || length > MAX_PACKET_BYTES || at + length > bytes.length)
      throw new RangeError('a packet has no fitting length');
    packets.push(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
    at += length;
  }
  return packets;
}
