import type { LanguageTag } from '../../core/index.js';

export interface SpokenNotice {
  readonly id: string;
  readonly text: (language: LanguageTag) => string;
  /** The packets of a recording, which is played while the text is shown. */
  readonly recording?: readonly Uint8Array[] | undefined;
  /** True if the notice begins with the ring of an alarm. */
  readonly rings?: boolean;
  /** True if the notice repeats an alarm that nobody answered. */
  readonly again?: boolean;
  /** True if the notice interrupts a reply. Otherwise it waits for the end of the reply. */
  readonly urgent: boolean;
  /** Set if the notice is a question. Interrupted music waits this long for the answer. */
  readonly answerMs?: number;
  /** A notice that still waits after this time is not spoken. If undefined, the notice waits until the session ends. */
  readonly expiresInMs?: number;
}

/** The source of notices for devices. Every method returns at once. */
export interface NoticeSource {
  /** The device can be spoken to from now on. */
  present(deviceId: string): void;
  /**
   * `spoken` is true if the device has received nearly all of the notice, or its user interrupted it. It is also true
   * if somebody came before an alarm was repeated. False if the notice cannot be spoken now.
   */
  over(deviceId: string, id: string, spoken: boolean): void;
  /** Somebody speaks to the device or uses it, so an alarm does not have to ring again. */
  attended?(deviceId: string): void;
  /** True if a notice is due soon. The connection should then stay open despite silence. */
  expects?(deviceId: string): boolean;
  /** The device is gone. Notices without a reported outcome count as not spoken. */
  gone(deviceId: string): void;
}
