import { joinText } from '../../core/index.js';
import type { DeviceIdentity } from '../../device/device-port.js';
import type { ListeningEvent, ListeningTurn } from '../../speech/listening/listening-port.js';
import type { LiveRecognition, Recognizer } from '../../speech/recognition/recognizer-port.js';

interface Held {
  readonly turnId: number;
  readonly live: LiveRecognition;
}

/** The text so far of a piece that is still being spoken. */
export interface PartialText {
  readonly turnId: number;
  readonly index: number;
  readonly text: string;
  /** See {@link LiveRecognition.punctuationMeansEnd}. */
  readonly punctuationMeansEnd: boolean;
}

export interface LiveTexts {
  /** Called with the text of a piece, even if the text is the same as before. */
  readonly onPartial?: (partial: PartialText) => void;
  /** Called with all recognised text of the turn so far whenever this text changes. */
  readonly onSubtitle?: ((text: string) => void) | undefined;
}

/** Streams for a recogniser that hears the user's speech live. Each piece of an utterance has its own stream. */
export class LivePieces {
  readonly #streams = new Map<string, Held>();
  readonly #keys = new WeakMap<Int16Array, string>();
  #texts: { readonly turnId: number; readonly pieces: string[] } | undefined;
  #shown = '';

  constructor(
    private readonly recognizer: Recognizer,
    private readonly identity: Pick<DeviceIdentity, 'deviceId' | 'language'>,
    private readonly texts: LiveTexts = {},
  ) {}

  of(pcm: Int16Array): LiveRecognition | undefined {
    const key = this.#keys.get(pcm);
    return key === undefined ? undefined : this.#streams.get(key)?.live;
  }

  heard(event: ListeningEvent): void {
    switch (event.type) {
      case 'speech_started':
        // The event comes again if another process takes over the turn. The turn then begins anew.
        this.#drop(({ turnId }) => turnId === event.turnId);
        break;
      case 'audio':
        this.#stream(event.turnId, event.index)?.push(event.pcm);
        break;
      case 'piece':
        this.#keys.set(event.pcm, keyOf(event.turnId, event.index));
        if (event.committed) this.#streams.get(keyOf(event.turnId, event.index))?.live.end();
        break;
      case 'speech_resumed':
        if (event.commits !== undefined) this.#streams.get(keyOf(event.turnId, event.commits))?.live.end();
        break;
      case 'utterance_ended':
        // Nothing was said.
        if (event.pieces === 0) this.#drop(({ turnId }) => turnId === event.turnId);
        else this.#finish(event.turnId, event.pieces - 1);
        break;
      default:
    }
  }

  #finish(turnId: number, lastIndex: number): void {
    const last = this.#streams.get(keyOf(turnId, lastIndex));
    last?.live.end();
    last?.live.finished?.();
  }

  /**
   * Ends the previous turn. Its streams are kept, because their texts may still be used. Returns the new turn, marked
   * `live` if the recogniser hears speech live.
   */
  turn(turn: ListeningTurn): ListeningTurn {
    this.end();
    this.#texts = { turnId: turn.turnId, pieces: [] };
    this.#drop((held) => held.turnId < turn.turnId - 1);
    return this.recognizer.takesLive?.(this.identity.language) === true ? { ...turn, live: true } : turn;
  }

  end(): void {
    this.#texts = undefined;
    this.#shown = '';
    for (const { live } of this.#streams.values()) live.end();
  }

  close(): void {
    this.#drop(() => true);
  }

  #stream(turnId: number, index: number): LiveRecognition | undefined {
    const key = keyOf(turnId, index);
    const known = this.#streams.get(key);
    if (known) return known.live;
    const { deviceId, language } = this.identity;
    const onText = (text: string): void => this.#heardText(turnId, index, text);
    const live = this.recognizer.live?.({ deviceId, language, turnId, onText });
    if (live) this.#streams.set(key, { turnId, live });
    return live;
  }

  #heardText(turnId: number, index: number, text: string): void {
    if (this.#texts?.turnId !== turnId) return;
    const { pieces } = this.#texts;
    pieces[index] = text;
    const punctuationMeansEnd = this.#streams.get(keyOf(turnId, index))?.live.punctuationMeansEnd === true;
    this.texts.onPartial?.({ turnId, index, text, punctuationMeansEnd });
    if (this.texts.onSubtitle) this.#showText(this.texts.onSubtitle, pieces);
  }

  #showText(show: (text: string) => void, pieces: readonly string[]): void {
    const shown = joinText(Array.from(pieces, (piece) => piece ?? ''));
    if (shown === '' || shown === this.#shown) return;
    this.#shown = shown;
    show(shown);
  }

  #drop(which: (held: Held) => boolean): void {
    for (const [key, held] of this.#streams) {
      if (!which(held)) continue;
      this.#streams.delete(key);
      held.live.close();
    }
  }
}

const keyOf = (turnId: number, index: number): string => `${turnId}.${index}`;
