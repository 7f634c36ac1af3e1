/** The kind of a notice. It decides how the spoken sentence is made. */
export type NoticeKind = 'timer' | 'alarm' | 'reminder' | 'message';

/** Something that the server says to a device by itself, at its time. */
export interface NoticeRecord {
  readonly id: string;
  readonly deviceId: string;
  readonly kind: NoticeKind;
  /** Name of the notice, or text of the message; undefined: it has no name. */
  readonly text: string | undefined;
  readonly dueMs: number;
  /** Not spoken after this moment; undefined: spoken whenever the device connects. */
  readonly expiresMs: number | undefined;
  /** A pattern of cron, in `timeZone`, for its next time; undefined: once. */
  readonly repeats: string | undefined;
  readonly timeZone: string;
  /** The time that was set, for a timer. */
  readonly lengthMs: number | undefined;
  /** Interrupts what the device says. */
  readonly urgent: boolean;
  readonly createdMs: number;
  /** The recording that is played while the text is shown; undefined: the text is spoken. */
  readonly recordingId: string | undefined;
}

/** Most notices that may wait for a device, and most of them with a recording. */
export interface NoticeLimits {
  readonly notices: number;
  readonly recordings: number;
}

/** A server's hold on notices that it is about to speak. The claim ends by itself if the server dies. */
export interface NoticeClaim {
  readonly server: string;
  readonly deviceIds: readonly string[];
  readonly nowMs: number;
  readonly untilMs: number;
  readonly limit: number;
}

export interface SpokenOne {
  readonly id: string;
  /** Undefined: never again. */
  readonly nextDueMs: number | undefined;
}

/** Notices that were not spoken yet. Each is held by one server at most. Errors as in `DeviceStore`. */
export interface NoticeStore {
  /**
   * Adds a notice, and its recording unless that is stored already. A recording is removed with its last notice. False:
   * the device has as many waiting notices as `most` allows.
   */
  add(notice: NoticeRecord, most: NoticeLimits, recording?: Uint8Array): Promise<boolean>;
  /** The bytes of a recording; undefined: no notice has it any more. */
  recording(id: string): Promise<Uint8Array | undefined>;
  /** The notices of a device, in the order of their time. */
  of(deviceId: string): Promise<readonly NoticeRecord[]>;
  /** Removes these notices of the device. Resolves with the number of those that were there. */
  remove(deviceId: string, ids: readonly string[]): Promise<number>;
  /** The next moment after `nowMs` at which a notice is due. */
  nextDueMs(nowMs: number): Promise<number | undefined>;
  /** The times of notices of these devices after `fromMs` and until `toMs`, by device. */
  dueBetween(deviceIds: readonly string[], fromMs: number, toMs: number): Promise<Map<string, readonly number[]>>;
  /** Claims due notices that nobody holds, in the order of their time. */
  claim(claim: NoticeClaim): Promise<readonly NoticeRecord[]>;
  /** Records that notices were spoken: each is removed or due again. Ignores notices that this server does not hold. */
  spoken(notices: readonly SpokenOne[], server: string): Promise<void>;
  /** Ends the server's hold on these notices, which then wait. */
  release(ids: readonly string[], server: string): Promise<void>;
  /** Prolongs the server's hold on these notices. */
  renew(ids: readonly string[], server: string, untilMs: number): Promise<void>;
  /** Ends all claims of servers that are gone. Call it only while no other server uses the database. */
  releaseAll(): Promise<void>;
  /** Removes the expired notices. Resolves with their number. */
  prune(nowMs: number): Promise<number>;
}
