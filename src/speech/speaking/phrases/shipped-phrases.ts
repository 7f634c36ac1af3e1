import { readFile } from 'node:fs/promises';
import { ChorusError, type LanguageTag, uiLanguage } from '../../../core/index.js';
import { unpackPackets } from './packed-packets.js';

interface ShippedPhrase {
  readonly text: string;
  /** Opus packets (24 kHz, 60 ms), packed and in Base64. */
  readonly packets: string;
}

interface ShippedFile {
  readonly phrases: readonly ShippedPhrase[];
}

/**
 * Phrases recorded in the package, in `assets/phrases-zh.json`, which `scripts/shipped-phrases.ts` writes. A Chinese
 * device can then report a problem even if no voice speaks Mandarin. A voice sounds better, so voices come first.
 */
export class ShippedPhrases {
  private constructor(private readonly chinese: ReadonlyMap<string, readonly Uint8Array[]>) {}

  /** Rejects with `internal` if the package is damaged. */
  static async load(file = new URL('../../../../assets/phrases-zh.json', import.meta.url)): Promise<ShippedPhrases> {
    try {
      const { phrases } = JSON.parse(await readFile(file, 'utf8')) as ShippedFile;
      return new ShippedPhrases(
        new Map(phrases.map(({ text, packets }) => [text, unpackPackets(Buffer.from(packets, 'base64'))])),
      );
    } catch (error) {
      throw new ChorusError('internal', 'the shipped phrases cannot be read', { cause: error });
    }
  }

  /** Undefined if the text was not recorded, or the listener does not understand its language. */
  get(text: string, language: LanguageTag): readonly Uint8Array[] | undefined {
    return uiLanguage(language) === 'zh' ? this.chinese.get(text) : undefined;
  }

  get texts(): readonly string[] {
    return [...this.chinese.keys()];
  }
}
