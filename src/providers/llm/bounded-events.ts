import { JsonMeter } from '../../core/index.js';

/** Limits of an event stream, in bytes. A reader keeps an event until its end, so an event has a limit of its own. */
export interface EventBounds {
  readonly eventBytes: number;
  readonly answerBytes: number;
}

/** A reply is some kilobytes of text, in events of a few hundred bytes. A model's thoughts come the same way. */
export const EVENT_BOUNDS: EventBounds = { eventBytes: 1024 * 1024, answerBytes: 16 * 1024 * 1024 };

/**
 * Passes the bytes on. Fails with a `RangeError` at the first event, or answer, that is longer than it may be, and at
 * an event that would take long to parse.
 */
export function boundedEvents(
  body: ReadableStream<Uint8Array>,
  { eventBytes, answerBytes }: EventBounds = EVENT_BOUNDS,
): ReadableStream<Uint8Array> {
  let answer = 0;
  const meter = new JsonMeter({ bytes: eventBytes, events: true });
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        answer += chunk.byteLength;
        meter.add(chunk);
        if (answer > answerBytes) throw new RangeError(`the answer is longer than ${answerBytes} bytes`);
        controller.enqueue(chunk);
      },
    }),
  );
}
