/** The kind of a notice. It determines the form of the spoken sentence. */
export type NoticeKind = 'timer' | 'alarm' | 'reminder' | 'message';

/** A notice that the server speaks on a device by itself at a set time. */
export interface NoticeRecord {
  readonly id: string;
  readonly deviceId: string;
  readonly kind: NoticeKind;
  /** Name of the notice, or text of the message. Undefined: the notice has no name. */
  readonly text: string | undefined;
  readonly dueMs: number;
  /** After this time the notice is not spoken. Undefined: it is spoken whenever the device connects. */
  readonly expiresMs: number | undefined;
  /** A cron pattern in `timeZone` for the next time. Undefined: the notice is spoken once. */
  readonly repeats: string | undefined;
  readonly timeZone: string;
  /** For a timer: the requested length. */
  readonly lengthMs: number | undefined;
  /** True: the notice interrupts the device's speech. */
  readonly urgent: boolean;
  readonly createdMs: number;
  /** The recording that is played while the text is shown. Undefined: the text is spoken. */
  readonly recordingId: string | undefined;
}

/** Maximum number of notices that may wait for one device, and maximum number of those with a recording. */
export interface NoticeLimits {
  readonly notices: number;
  readonly recordings: number;
}

/** A server's claim on notices that it will speak soon. The claim expires if the server dies. */
export interface NoticeClaim {
  readonly server: string;
  readonly deviceIds: readonly string[];
  readonly nowMs: number;
  readonly untilMs: number;
  readonly limit: number;
}

export interface SpokenOne {
  readonly id: string;
  /** Undefined: the notice does not repeat. */
  readonly nextDueMs: number | undefined;
}

/** Notices that were not spoken yet. At most one server has claimed each of them. Errors: those of `DeviceStore`. */
export interface NoticeStore {
  /**
   * Adds a notice, and its recording unless it is already stored. A recording is removed with its last notice. False:
   * the device already has as many waiting notices as `most` allows.
   */
  add(notice: NoticeRecord, most: NoticeLimits, recording?: Uint8Array): Promise<boolean>;
  /** The bytes of a recording. Undefined: no notice uses it any more. */
  recording(id: string): Promise<Uint8Array | undefined>;
  /** The notices of a device, ordered by time. */
  of(deviceId: string): Promise<readonly NoticeRecord[]>;
  /** Removes these notices of the device. Resolves with the number of removed notices. */
  remove(deviceId: string, ids: readonly string[]): Promise<number>;
  /** The next moment after `nowMs` at which a notice is due. */
  nextDueMs(nowMs: number): Promise<number | undefined>;
  /** The times of these devices' notices after `fromMs` and up to `toMs`, by device. */
  dueBetween(deviceIds: readonly string[], fromMs: number, toMs: number): Promise<Map<string, readonly number[]>>;
  /** The alarms of these devices that rang, were not answered, and ring again. */
  unanswered(deviceIds: readonly string[]): Promise<readonly NoticeRecord[]>;
  /** Claims due notices that no server has claimed, ordered by time. */
  claim(claim: NoticeClaim): Promise<readonly NoticeRecord[]>;
  /**
   * Records that notices were spoken. Each is removed or scheduled again. Notices that this server has not claimed are
   * ignored.
   */
  spoken(notices: readonly SpokenOne[], server: string): Promise<void>;
  /** Releases the server's claim on these notices, so that they wait again. */
  release(ids: readonly string[], server: string): Promise<void>;
  /** Extends the server's claim on these notices. */
  renew(ids: readonly string[], server: string, untilMs: number): Promise<void>;
  /** Ends the claims of all dead servers. Call it only while no other server uses the database. */
  releaseAll(): Promise<void>;
  /** Removes the expired notices. Resolves with their number. */
  prune(nowMs: number): Promise<number>;
}
