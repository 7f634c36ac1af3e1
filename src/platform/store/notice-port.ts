/** The kind of a notice. It decides how the spoken sentence is made. */
export type NoticeKind = 'timer' | 'alarm' | 'reminder' | 'message';

/** Something that the server says to a device by itself, at its time. */
export interface NoticeRecord {
  readonly id: string;
  readonly deviceId: string;
  readonly kind: NoticeKind;
  /** Its name or its message; undefined: a timer or alarm without a name. */
  readonly text: string | undefined;
  readonly dueMs: number;
  /** Not spoken after this moment; undefined: whenever the device comes. */
  readonly expiresMs: number | undefined;
  /** A pattern of cron, in `timeZone`, for its next time; undefined: once. */
  readonly repeats: string | undefined;
  readonly timeZone: string;
  /** The time that was set, for a timer. */
  readonly lengthMs: number | undefined;
  /** Interrupts what the device says. */
  readonly urgent: boolean;
  readonly createdMs: number;
}

/** A server's hold on notices that it is about to speak. It ends by itself, should the server die. */
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

/** Notices that were not spoken yet. Each is held by one server at most. Errors as of `DeviceStore`. */
export interface NoticeStore {
  /** False: the device has `most` of them already. */
  add(notice: NoticeRecord, most: number): Promise<boolean>;
  /** By their time. */
  of(deviceId: string): Promise<readonly NoticeRecord[]>;
  /** Those of the device that were there. */
  remove(deviceId: string, ids: readonly string[]): Promise<number>;
  /** The next moment after `nowMs` at which one is due. */
  nextDueMs(nowMs: number): Promise<number | undefined>;
  /** Takes hold of due ones that no other server holds, in the order of their time. */
  claim(claim: NoticeClaim): Promise<readonly NoticeRecord[]>;
  /** They were spoken: each is removed, or due again. Nothing for those that this server does not hold. */
  spoken(notices: readonly SpokenOne[], server: string): Promise<void>;
  /** Nobody holds these any more: they wait. */
  release(ids: readonly string[], server: string): Promise<void>;
  /** Still held. */
  renew(ids: readonly string[], server: string, untilMs: number): Promise<void>;
  /** Only while no other server uses the database: ends all claims of servers that are gone. */
  releaseAll(): Promise<void>;
  /** Removes those that nobody is to hear any more. Resolves with their number. */
  prune(nowMs: number): Promise<number>;
}
