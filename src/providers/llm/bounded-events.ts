/** Bytes of an event stream. A reader keeps an event until its end, so each has a bound of its own. */
export interface EventBounds {
  readonly eventBytes: number;
  readonly answerBytes: number;
}

/** A reply is some kilobytes of text, in events of a few hundred bytes. A model's thoughts come the same way. */
export const EVENT_BOUNDS: EventBounds = { eventBytes: 1024 * 1024, answerBytes: 16 * 1024 * 1024 };

const [LF, CR] = [10, 13];

/** The same bytes; fails with a `RangeError` at the first event, or answer, that is longer than it may be. */
export function boundedEvents(
  body: ReadableStream<Uint8Array>,
  { eventBytes, answerBytes }: EventBounds = EVENT_BOUNDS,
): ReadableStream<Uint8Array> {
  let answer = 0;
  let event = 0;
  let line = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        answer += chunk.byteLength;
        for (const byte of chunk) {
          event += 1;
          // An empty line ends the event.
          if (byte === LF && line === 0) event = 0;
          if (byte === LF) line = 0;
          else if (byte !== CR) line += 1;
          if (event > eventBytes) throw new RangeError(`an event of the answer is longer than ${eventBytes} bytes`);
        }
        if (answer > answerBytes) throw new RangeError(`the answer is longer than ${answerBytes} bytes`);
        controller.enqueue(chunk);
      },
    }),
  );
}
