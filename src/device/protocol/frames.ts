/** Binary framing of a connection (docs/protocol.md 2.3). */
export type Framing = 1 | 2 | 3;

const V2_HEADER_BYTES = 16;
const V3_HEADER_BYTES = 4;

export function isFraming(value: unknown): value is Framing {
  return value === 1 || value === 2 || value === 3;
}

/** Throws for an empty packet. The firmware must never get an empty message (docs/protocol.md, checklist 32). */
export function encodeFrame(framing: Framing, packet: Uint8Array, timestampMs: number): Uint8Array {
  if (packet.length === 0) throw new RangeError('an audio packet cannot be empty');
  if (framing === 1) return packet;
  const header = framing === 2 ? V2_HEADER_BYTES : V3_HEADER_BYTES;
  const frame = new Uint8Array(header + packet.length);
  const view = new DataView(frame.buffer);
  if (framing === 2) {
    view.setUint16(0, 2);
    view.setUint32(8, timestampMs >>> 0);
    view.setUint32(12, packet.length);
  } else {
    view.setUint16(2, packet.length);
  }
  frame.set(packet, header);
  return frame;
}

export interface DecodedFrame {
  /** A view into the message. It may be empty (DTX). */
  readonly packet: Uint8Array;
  /** 0 if the framing has no timestamp. */
  readonly timestampMs: number;
}

/**
 * Returns undefined if the message is too short. Framing 2 ignores version and type, because the MQTT gateway leaves
 * bytes 0-7 zero (docs/protocol.md, checklist 30, 31).
 */
export function decodeFrame(framing: Framing, message: Uint8Array): DecodedFrame | undefined {
  if (framing === 1) return { packet: message, timestampMs: 0 };
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (framing === 2) {
    if (message.length < V2_HEADER_BYTES) return undefined;
    const length = view.getUint32(12);
    if (length > message.length - V2_HEADER_BYTES) return undefined;
    return { packet: message.subarray(V2_HEADER_BYTES, V2_HEADER_BYTES + length), timestampMs: view.getUint32(8) };
  }
  if (message.length < V3_HEADER_BYTES) return undefined;
  const length = view.getUint16(2);
  if (length > message.length - V3_HEADER_BYTES) return undefined;
  return { packet: message.subarray(V3_HEADER_BYTES, V3_HEADER_BYTES + length), timestampMs: 0 };
}
