import { isUtf8 } from 'node:buffer';
import { isObject, parseJson } from '../../core/index.js';
import { wyomingEvent, type WyomingEvent } from './event.js';

export interface EventLimits {
  readonly headerBytes: number;
  readonly dataBytes: number;
  readonly payloadBytes: number;
}

/** The largest events in practice are a service's descriptions of hundreds of voices. */
export const EVENT_LIMITS: EventLimits = { headerBytes: 64 * 1024, dataBytes: 1024 * 1024, payloadBytes: 1024 * 1024 };

type Data = Readonly<Record<string, unknown>>;

interface Header {
  readonly type: string;
  readonly data: Data;
  readonly dataBytes: number;
  readonly payloadBytes: number;
}

const NEWLINE = 0x0a;

/** Reads events from the bytes of one connection. Buffers at most one event. */
export class EventReader {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #header: Header | undefined;

  constructor(private readonly limits: EventLimits = EVENT_LIMITS) {}

  get idle(): boolean {
    return this.#header === undefined && this.#bytes === 0;
  }

  /** Throws for an invalid or too large event, after which the reader is unusable. */
  *push(bytes: Uint8Array): Generator<WyomingEvent, void> {
    let rest = bytes;
    for (;;) {
      if (this.#header === undefined) {
        const end = rest.indexOf(NEWLINE);
        if (this.#bytes + (end < 0 ? rest.byteLength : end) > this.limits.headerBytes)
          throw new RangeError('the header of an event is too long');
        if (end < 0) {
          this.#keep(rest);
          return;
        }
        this.#keep(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        this.#header = headerOf(this.#take(), this.limits);
      }
      const { dataBytes, payloadBytes } = this.#header;
      const missing = dataBytes + payloadBytes - this.#bytes;
      this.#keep(rest.subarray(0, missing));
      if (rest.byteLength < missing) return;
      rest = rest.subarray(missing);
      yield this.#complete(this.#header, this.#take());
    }
  }

  #complete({ type, data, dataBytes }: Header, body: Buffer): WyomingEvent {
    this.#header = undefined;
    const more = dataBytes > 0 ? objectOf(body.subarray(0, dataBytes)) : {};
    return wyomingEvent(type, { ...data, ...more }, body.subarray(dataBytes));
  }

  #keep(part: Uint8Array): void {
    if (part.byteLength === 0) return;
    this.#parts.push(part);
    this.#bytes += part.byteLength;
  }

  #take(): Buffer {
    const all = Buffer.concat(this.#parts, this.#bytes);
    this.#parts = [];
    this.#bytes = 0;
    return all;
  }
}

function headerOf(line: Buffer, { dataBytes, payloadBytes }: EventLimits): Header {
  const header = objectOf(line);
  const { type, data } = header;
  if (typeof type !== 'string' || type === '') throw new TypeError('an event without a type');
  return {
    type,
    data: isObject(data) ? data : {},
    dataBytes: lengthOf(header['data_length'], dataBytes),
    payloadBytes: lengthOf(header['payload_length'], payloadBytes),
  };
}

function lengthOf(value: unknown, most: number): number {
  if (value === undefined || value === null) return 0;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw new RangeError(`an event's length is not between 0 and ${most}`);
  return value;
}

function objectOf(bytes: Buffer): Data {
  if (!isUtf8(bytes)) throw new TypeError('an event that is no UTF-8');
  const value = parseJson(bytes.toString('utf8'));
  if (!isObject(value)) throw new TypeError('an event that is no JSON object');
  return value;
}
