import type { LanguageTag } from '../../core/index.js';

/** A notice as a session speaks it. */
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
  /** Set if the notice is a question: time for its answer before interrupted music goes on. */
  readonly answerMs?: number;
  /** Time after which it is not spoken any more if it still waits. Undefined: it waits for as long as the session. */
  readonly expiresInMs?: number;
}

/** The source of notices for devices. The session host calls it; every method returns at once. */
export interface NoticeSource {
  /** The device can be spoken to from now on. */
  present(deviceId: string): void;
  /**
   * `spoken`: the device has nearly all of the notice, its user interrupted it, or the user is present before a
   * repeated alarm. False: it cannot be spoken now.
   */
  over(deviceId: string, id: string, spoken: boolean): void;
  /** Somebody speaks to the device or uses it, so a ringing alarm need not ring again. */
  attended?(deviceId: string): void;
  /** True: a notice is due soon, so the connection is not closed for silence. */
  expects?(deviceId: string): boolean;
  /** The device is gone. Notices without an outcome were not spoken. */
  gone(deviceId: string): void;
}
