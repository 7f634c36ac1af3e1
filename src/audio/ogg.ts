import { ChorusError } from '../core/index.js';
import { concatBytes } from './pcm.js';
import { audioWords } from './words.js';

/** A packet of a logical stream (RFC 3533). */
export interface OggPacket {
  readonly bytes: Uint8Array;
  /** Position in the stream. Packet 0 identifies the codec. */
  readonly index: number;
}

/** Size of the header without its segment table (RFC 3533 section 6). */
export const PAGE_HEADER_BYTES = 27;
export const FIRST_PAGE = 2;
/** Larger packets are cut off. Only comments with pictures are larger. */
const MAX_PACKET_BYTES = 64 * 1024;

/**
 * Splits an Ogg stream into packets, in chunks of any size. Reads one logical stream after the other, because radio
 * stations start a new one for each song. Errors: `audio.undecodable`.
 */
export class OggReader {
  #pending: Uint8Array = new Uint8Array(0);
  #serial: number | undefined;
  #index = 0;
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  push(bytes: Uint8Array): OggPacket[] {
    this.#pending = concatBytes([this.#pending, bytes]);
    const packets: OggPacket[] = [];
    for (let page = this.#page(); page; page = this.#page()) this.#take(page, packets);
    return packets;
  }

  #page(): Uint8Array | undefined {
    const bytes = this.#pending;
    if (bytes.byteLength >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) !== 'OggS')
      throw new ChorusError('audio.undecodable', audioWords.ogg.other);
    const segments = bytes[26];
    if (segments === undefined || bytes.byteLength < PAGE_HEADER_BYTES + segments) return undefined;
    const table = bytes.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + segments);
    const length = table.reduce((sum, lacing) => sum + lacing, 0);
    const end = PAGE_HEADER_BYTES + segments + length;
    if (bytes.byteLength < end) return undefined;
    this.#pending = bytes.slice(end);
    return bytes.subarray(0, end);
  }

  #take(page: Uint8Array, packets: OggPacket[]): void {
    const serial = new DataView(page.buffer, page.byteOffset).getUint32(14, true);
    const isFirst = ((page[5] ?? 0) & FIRST_PAGE) !== 0;
    // A second stream that begins before the first one has data is a picture or another track. It is ignored.
    if (isFirst && (this.#serial === undefined || this.#index > 2)) {
      this.#serial = serial;
      this.#index = 0;
      this.#parts = [];
      this.#partBytes = 0;
    }
    if (serial !== this.#serial) return;
    const segments = page[26] ?? 0;
    let at = PAGE_HEADER_BYTES + segments;
    for (const lacing of page.subarray(PAGE_HEADER_BYTES, PAGE_HEADER_BYTES + segments)) {
      if (this.#partBytes + lacing <= MAX_PACKET_BYTES) this.#parts.push(page.subarray(at, at + lacing));
      this.#partBytes += lacing;
      at += lacing;
      if (lacing === 255) continue;
      packets.push({ bytes: concatBytes(this.#parts), index: this.#index++ });
      this.#parts = [];
      this.#partBytes = 0;
    }
  }
}
