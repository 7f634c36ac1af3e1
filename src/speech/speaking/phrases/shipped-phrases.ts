import { readFile } from 'node:fs/promises';
import { ChorusError, type LanguageTag, uiLanguage } from '../../../core/index.js';
import { unpackPackets } from './packed-packets.js';

/** One phrase as stored in the package. */
interface ShippedPhrase {
  readonly text: string;
  /** The Opus packets (24 kHz, 60 ms), packed, as Base64. */
  readonly packets: string;
}

interface ShippedFile {
  readonly phrases: readonly ShippedPhrase[];
}

/**
 * Phrases recorded in the package (`assets/phrases-zh.json`, written by `scripts/shipped-phrases.ts`). With them, a
 * Chinese device can report a problem even if no voice speaks Mandarin. They are used only then, because a real voice
 * is better.
 */
export class ShippedPhrases {
  private constructor(private readonly chinese: ReadonlyMap<string, readonly Uint8Array[]>) {}

  /** Loads the phrases. Rejects with `internal` if the package is damaged. */
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

  /**
   * Returns the recording of a text. Undefined: the text was not recorded, or the listener does not understand its
   * language.
   */
  get(text: string, language: LanguageTag): readonly Uint8Array[] | undefined {
    return uiLanguage(language) === 'zh' ? this.chinese.get(text) : undefined;
  }

  get texts(): readonly string[] {
    return [...this.chinese.keys()];
  }
}
