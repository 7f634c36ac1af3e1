/**
 * JSON with many members takes long to parse. Nested arrays of 4 MB take 450 ms, but one long text takes 7 ms. The
 * answers of services have fewer members.
 */
const MAX_JSON_MEMBERS = 100_000;

const [LF, CR, COMMA, BRACKET, BRACE] = [0x0a, 0x0d, 0x2c, 0x5b, 0x7b];
const begins = (code: number): boolean => code === COMMA || code === BRACKET || code === BRACE;

/**
 * `JSON.parse` in bounded time. Throws a `SyntaxError`, or a `RangeError` for too many members. Each comma and each
 * opening bracket counts, even within a text.
 */
export function parseJson(text: string, most = MAX_JSON_MEMBERS): unknown {
  if (text.length > most) {
    let members = 0;
    for (let at = 0; at < text.length; at++) if (begins(text.charCodeAt(at)) && ++members > most) throw tooMany(most);
  }
  return JSON.parse(text);
}

export interface JsonBounds {
  /** Maximum length of a message. */
  readonly bytes: number;
  readonly members?: number;
  /** If true, an empty line ends a message, as in a stream of events. If false, all bytes are one message. */
  readonly events: boolean;
}

/** Counts the bytes and members of JSON messages while they arrive, before they are parsed. */
export class JsonMeter {
  #bytes = 0;
  #members = 0;
  #lineBytes = 0;

  constructor(private readonly bounds: JsonBounds) {}

  /** Throws a `RangeError` for a message that is too long or has too many members. */
  add(chunk: Uint8Array): void {
    const { bytes: mostBytes, members: mostMembers = MAX_JSON_MEMBERS, events } = this.bounds;
    let bytes = this.#bytes;
    let members = this.#members;
    let lineBytes = this.#lineBytes;
    for (const byte of chunk) {
      bytes += 1;
      if (begins(byte)) members += 1;
      if (byte === LF) {
        if (events && lineBytes === 0) bytes = members = 0;
        lineBytes = 0;
      } else if (byte !== CR) {
        lineBytes += 1;
      }
      if (bytes > mostBytes)
        throw new RangeError(`${events ? 'an event' : 'a message'} of the answer is longer than ${mostBytes} bytes`);
      if (members > mostMembers) throw tooMany(mostMembers);
    }
    this.#bytes = bytes;
    this.#members = members;
    this.#lineBytes = lineBytes;
  }
}

const tooMany = (most: number): RangeError => new RangeError(`JSON with more than ${most} members`);

/** Undefined if {@link parseJson} throws. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
