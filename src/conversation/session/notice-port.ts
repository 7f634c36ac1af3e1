import type { LanguageTag } from '../../core/index.js';

/** A sentence that the server says by itself. */
export interface SpokenNotice {
  readonly id: string;
  readonly text: (language: LanguageTag) => string;
  /** The packets of a recording, which is played while the text is shown. */
  readonly recording?: readonly Uint8Array[] | undefined;
  /** True: it begins with the ring of an alarm. */
  readonly rings?: boolean;
  /** True: it repeats an alarm that nobody answered. */
  readonly again?: boolean;
  /** True: it interrupts a reply; otherwise it waits for the reply's end. */
  readonly urgent: boolean;
  /** The notice is a question: time for its answer, before interrupted music goes on. */
  readonly answerMs?: number;
}

/** The source of notices for devices. The session host calls it; every method returns at once. */
export interface NoticeSource {
  /** From now on the device can be spoken to. */
  present(deviceId: string): void;
  /**
   * `spoken`: the device has nearly all of the notice, or its user interrupted it or is there before it rings again.
   * False: it cannot be spoken now.
   */
  over(deviceId: string, id: string, spoken: boolean): void;
  /** Somebody speaks to the device or uses it: an alarm that rings need not ring again. */
  attended?(deviceId: string): void;
  /** True: a notice is due soon, so the connection is not closed for silence. */
  expects?(deviceId: string): boolean;
  /** The device is gone; notices without an outcome so far have not been spoken. */
  gone(deviceId: string): void;
}
