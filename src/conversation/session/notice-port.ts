import type { LanguageTag } from '../../core/index.js';

/** A notice for a session to speak. */
export interface SpokenNotice {
  readonly id: string;
  readonly text: (language: LanguageTag) => string;
  /** The packets of a recording, which is played while the text is shown. */
  readonly recording?: readonly Uint8Array[] | undefined;
  /** True: the notice begins with the ring of an alarm. */
  readonly rings?: boolean;
  /** True: the notice repeats an alarm that nobody answered. */
  readonly again?: boolean;
  /** True: the notice interrupts a reply. False: it waits for the end of the reply. */
  readonly urgent: boolean;
  /** Set if the notice is a question: how long interrupted music waits for the answer. */
  readonly answerMs?: number;
  /**
   * Time after which a notice that still waits is not spoken any more. Undefined: it waits for as long as the session.
   */
  readonly expiresInMs?: number;
}

/** The source of notices for devices. The session host calls it; every method returns at once. */
export interface NoticeSource {
  /** The device can be spoken to from now on. */
  present(deviceId: string): void;
  /**
   * Reports the outcome. `spoken` true: the device has nearly all of the notice, its user interrupted it, or somebody
   * came before an alarm was repeated. False: it cannot be spoken now.
   */
  over(deviceId: string, id: string, spoken: boolean): void;
  /** Somebody speaks to the device or uses it, so an alarm does not have to ring again. */
  attended?(deviceId: string): void;
  /** True: a notice is due soon, so the connection should not be closed because of silence. */
  expects?(deviceId: string): boolean;
  /** The device is gone. Notices whose outcome was not reported were not spoken. */
  gone(deviceId: string): void;
}
