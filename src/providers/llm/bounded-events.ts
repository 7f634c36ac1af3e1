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
  return passedThrough(body, {
    chunk(bytes) {
      answer += bytes.byteLength;
      meter.add(bytes);
      if (answer > answerBytes) throw new RangeError(`the answer is longer than ${answerBytes} bytes`);
      return bytes;
    },
  });
}

/** A step on the way of a stream's bytes. What it throws fails the stream. */
export interface ByteStep {
  /** The bytes to pass on; undefined: none yet. */
  chunk(bytes: Uint8Array): Uint8Array | undefined;
  /** Bytes that were kept back, at the end of the stream. */
  rest?(): Uint8Array;
}

/**
 * The stream with each chunk as the step returns it. A `TransformStream` does the same for two to three times the work
 * a chunk, and a language model sends forty of them a second.
 */
export function passedThrough(body: ReadableStream<Uint8Array>, step: ByteStep): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return undefined;
      const bytes = step.chunk(value);
      if (bytes !== undefined) return bytes;
    }
  };
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await next();
          if (bytes !== undefined) return controller.enqueue(bytes);
          const rest = step.rest?.();
          if (rest !== undefined && rest.byteLength > 0) controller.enqueue(rest);
          controller.close();
        } catch (error) {
          // The source may have failed itself; then there is nothing to cancel.
          await reader.cancel(error).catch(() => undefined);
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
