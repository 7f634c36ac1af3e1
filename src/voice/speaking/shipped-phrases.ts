import { readFile } from 'node:fs/promises';
import { ChorusError, type LanguageTag, uiLanguage } from '../../core/index.js';

/** One phrase as it lies in the package. */
interface ShippedPhrase {
  readonly text: string;
  /** Base64 of the Opus packets (24 kHz, 60 ms), each after its length in two bytes, big-endian. */
  readonly packets: string;
}

interface ShippedFile {
  readonly phrases: readonly ShippedPhrase[];
}

const LENGTH_BYTES = 2;
/** Largest Opus packet (RFC 6716, section 3.4: 1275 bytes for each 20 ms). */
const MAX_PACKET_BYTES = 3 * 1275;

/**
 * Phrases that were recorded into the package (`assets/phrases-zh.json`, made by `scripts/shipped-phrases.ts`), so that a Chinese device is
 * told what is the matter also where nothing speaks Mandarin. A voice that does is always better: these are the last resort.
 */
export class ShippedPhrases {
  private constructor(private readonly chinese: ReadonlyMap<string, readonly Uint8Array[]>) {}

  /** Rejects with `internal` when the package is damaged. */
  static async load(file = new URL('../../../assets/phrases-zh.json', import.meta.url)): Promise<ShippedPhrases> {
    try {
      const { phrases } = JSON.parse(await readFile(file, 'utf8')) as ShippedFile;
      return new ShippedPhrases(new Map(phrases.map(({ text, packets }) => [text, unpack(Buffer.from(packets, 'base64'))])));
    } catch (error) {
      throw new ChorusError('internal', 'the shipped phrases cannot be read', { cause: error });
    }
  }

  /** Undefined: that text was not recorded, or not in a language that the listener understands. */
  get(text: string, language: LanguageTag): readonly Uint8Array[] | undefined {
    return uiLanguage(language) === 'zh' ? this.chinese.get(text) : undefined;
  }

  get texts(): readonly string[] {
    return [...this.chinese.keys()];
  }
}

/** The inverse of {@link unpack}. */
export function pack(packets: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    packets.flatMap((packet) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(packet.byteLength);
      return [length, packet];
    }),
  );
}

function unpack(bytes: Buffer): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt16BE(at);
    at += LENGTH_BYTES;
    if (length === 0 || length > MAX_PACKET_BYTES || at + length > bytes.length) throw new Error('a packet has no fitting length');
    packets.push(Uint8Array.from(bytes.subarray(at, at + length)));
    at += length;
  }
  return packets;
}
