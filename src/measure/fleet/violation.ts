/** Faults of a server. A number is the number of the fault in the checklist of docs/protocol.md. */
export type ViolationKind =
  /** 24: a message came before the hello. */
  | 'before_hello'
  /** 20, 21, 22. */
  | 'bad_hello'
  /** 23. */
  | 'second_hello'
  | 'binary_before_hello'
  /** 32. */
  | 'empty_packet'
  /** 29: the frame does not fit the negotiated framing. */
  | 'wrong_framing'
  /** 50: the packet does not have the declared duration. */
  | 'wrong_duration'
  /** 44: less than 100 ms between `tts start` and the first sound. */
  | 'audio_too_early'
  /** 46: sound outside of `tts start` ... `tts stop`. */
  | 'audio_outside'
  /** 51: more than one packet after `abort`. */
  | 'audio_after_abort'
  /** 45. */
  | 'start_without_stop'
  | 'stop_without_start'
  /** 55. */
  | 'bad_sentence'
  /** 56. */
  | 'bad_emotion'
  /** 57. */
  | 'bad_alert'
  | 'bad_message'
  /** 3, 4, 5, 6, 7, 8, 9, 11: the OTA answer. */
  | 'bad_ota';

export interface Violation {
  readonly kind: ViolationKind;
  readonly atMs: number;
  readonly detail: string;
}
