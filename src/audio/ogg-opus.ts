import { FIRST_PAGE, PAGE_HEADER_BYTES } from './ogg.js';

export interface TimedPacket {
  readonly bytes: Uint8Array;
  readonly ms: number;
}

/** Positions in Ogg Opus count samples at 48 kHz, whatever the rate of the sound (RFC 7845 section 4). */
const POSITIONS_PER_MS = 48;
/** Delay of the libopus encoder, in samples at 48 kHz. Players skip these samples. */
const PRE_SKIP = 312;
const LAST_PAGE = 4;
const MAX_SEGMENTS = 255;
/** Short pages let a player seek to any second. */
const PAGE_MS = 1000;
const VENDOR = 'chorus';

/**
 * Writes mono Opus packets into an Ogg file (RFC 3533, RFC 7845) without encoding them again. `rateHz` only informs the
 * player. `serial` is the number of the stream.
 */
export function writeOggOpus(
  packets: readonly TimedPacket[],
  { rateHz, serial }: { readonly rateHz: number; readonly serial: number },
): Uint8Array {
  const pages = [
    page({ serial, number: 0, flags: FIRST_PAGE, position: 0, packets: [opusHead(rateHz)] }),
    page({ serial, number: 1, flags: 0, position: 0, packets: [opusTags()] }),
  ];
  const groups = grouped(packets);
  let positions = 0;
  for (const [index, group] of groups.entries()) {
    positions += group.reduce((sum, { ms }) => sum + ms * POSITIONS_PER_MS, 0);
    const flags = index === groups.length - 1 ? LAST_PAGE : 0;
    const bytes = group.map((packet) => packet.bytes);
    pages.push(page({ serial, number: index + 2, flags, position: positions, packets: bytes }));
  }
  return Buffer.concat(pages);
}

function grouped(packets: readonly TimedPacket[]): readonly (readonly TimedPacket[])[] {
  const groups: TimedPacket[][] = [];
  let segments = MAX_SEGMENTS;
  let ms = 0;
  for (const packet of packets) {
    const more = segmentsOf(packet.bytes);
    if (groups.length === 0 || segments + more > MAX_SEGMENTS || ms >= PAGE_MS) {
      groups.push([]);
      segments = 0;
      ms = 0;
    }
    groups.at(-1)?.push(packet);
    segments += more;
    ms += packet.ms;
  }
  return groups;
}

/** The last segment of a packet has fewer than 255 bytes, possibly none. */
const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.byteLength / 255) + 1;

interface Page {
  readonly serial: number;
  readonly number: number;
  readonly flags: number;
  /** Position of the last sample in the page. */
  readonly position: number;
  readonly packets: readonly Uint8Array[];
}

function page({ serial, number, flags, position, packets }: Page): Uint8Array {
  const lacing = packets.flatMap((packet) => [
    ...Array.from({ length: segmentsOf(packet) - 1 }, () => 255),
    packet.byteLength % 255,
  ]);
  const header = Buffer.alloc(PAGE_HEADER_BYTES);
  header.write('OggS', 'latin1');
  header[5] = flags;
  header.writeBigUInt64LE(BigInt(Math.round(position)), 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(number, 18);
  header[26] = lacing.length;
  const bytes = Buffer.concat([header, Uint8Array.from(lacing), ...packets]);
  bytes.writeUInt32LE(checksum(bytes), 22);
  return bytes;
}

function opusHead(rateHz: number): Uint8Array {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head[8] = 1;
  head[9] = 1;
  head.writeUInt16LE(PRE_SKIP, 10);
  head.writeUInt32LE(rateHz, 12);
  return head;
}

function opusTags(): Uint8Array {
  const tags = Buffer.alloc(16 + VENDOR.length);
  tags.write('OpusTags', 'latin1');
  tags.writeUInt32LE(VENDOR.length, 8);
  tags.write(VENDOR, 12, 'latin1');
  return tags;
}

/** CRC-32 with the polynomial 0x04c11db7, not reflected, as RFC 3533 requires. The CRC-32 of zlib differs. */
const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = value < 0 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value;
});

function checksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = (crc << 8) ^ (TABLE[(crc >>> 24) ^ byte] ?? 0);
  return crc >>> 0;
}
