import { JsonMeter } from '../../core/index.js';

/** Limits in bytes. A reader buffers each event until its end, so an event has its own limit. */
export interface EventBounds {
  readonly eventBytes: number;
  readonly answerBytes: number;
}

/** A reply has some kilobytes of text, in events of a few hundred bytes. */
export const EVENT_BOUNDS: EventBounds = { eventBytes: 1024 * 1024, answerBytes: 16 * 1024 * 1024 };

/** Fails with a `RangeError` if an event or the answer is too long, or if an event would take long to parse. */
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

/** The stream fails if a step throws. */
export interface ByteStep {
  /** Returns undefined if the step needs more bytes. */
  chunk(bytes: Uint8Array): Uint8Array | undefined;
  /** Returns the bytes that are still buffered at the end of the stream. */
  rest?(): Uint8Array;
}

/**
 * Passes each chunk through `step`. A `TransformStream` would need two to three times the work, and a language model
 * sends forty chunks a second.
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
          // The source may have failed already. Nothing is left to cancel then.
          await reader.cancel(error).catch(() => undefined);
          throw error;
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
