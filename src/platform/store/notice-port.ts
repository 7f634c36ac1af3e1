export type NoticeKind = 'timer' | 'alarm' | 'reminder' | 'message';

/** A notice that the server speaks on a device by itself at a set time. */
export interface NoticeRecord {
  readonly id: string;
  readonly deviceId: string;
  readonly kind: NoticeKind;
  /** Name of the notice, or text of the message. Undefined for a notice without a name. */
  readonly text: string | undefined;
  readonly dueMs: number;
  /** After this time the notice is not spoken. Undefined if the notice waits for the device, at most a day. */
  readonly expiresMs: number | undefined;
  /** A cron pattern in `timeZone` for the next time. Undefined for a notice that is spoken once. */
  readonly repeats: string | undefined;
  readonly timeZone: string;
  /** The requested length of a timer. */
  readonly lengthMs: number | undefined;
  /** True if the notice interrupts the device's speech. */
  readonly urgent: boolean;
  readonly createdMs: number;
  /** The recording that is played while the text is shown. Undefined if the text is spoken. */
  readonly recordingId: string | undefined;
}

/** Limits for one device. `notices` includes notices with a recording. */
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
  readonly nextDueMs: number | undefined;
}

/** Notices that will be spoken. At most one server claims each notice. Errors: those of `DeviceStore`. */
export interface NoticeStore {
  /** Returns false if the device has reached a limit of `most`. A recording is removed with its last notice. */
  add(notice: NoticeRecord, most: NoticeLimits, recording?: Uint8Array): Promise<boolean>;
  /** Returns undefined if no notice uses the recording any more. */
  recording(id: string): Promise<Uint8Array | undefined>;
  /** Ordered by time. */
  of(deviceId: string): Promise<readonly NoticeRecord[]>;
  remove(deviceId: string, ids: readonly string[]): Promise<number>;
  nextDueMs(nowMs: number): Promise<number | undefined>;
  /** Times of the notices after `fromMs` and up to `toMs`, by device. */
  dueBetween(deviceIds: readonly string[], fromMs: number, toMs: number): Promise<Map<string, readonly number[]>>;
  /** Alarms that rang, were not answered, and will ring again. */
  unanswered(deviceIds: readonly string[]): Promise<readonly NoticeRecord[]>;
  /** Claims due notices without a valid claim, ordered by time. */
  claim(claim: NoticeClaim): Promise<readonly NoticeRecord[]>;
  /** Removes or reschedules the spoken notices. Ignores notices that this server has not claimed. */
  spoken(notices: readonly SpokenOne[], server: string): Promise<void>;
  release(ids: readonly string[], server: string): Promise<void>;
  renew(ids: readonly string[], server: string, untilMs: number): Promise<void>;
  /** Ends the claims of all dead servers. Call only while no other server uses the database. */
  releaseAll(): Promise<void>;
  prune(nowMs: number): Promise<number>;
}
