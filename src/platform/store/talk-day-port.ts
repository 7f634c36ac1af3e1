/** Talk of a device on one day of its time zone. */
export interface TalkDay {
  readonly deviceId: string;
  /** `2026-11-28`. */
  readonly day: string;
  readonly talkMs: number;
  readonly characters: number;
}

/** Errors as in `DeviceStore`. */
export interface TalkDayStore {
  /** Undefined: the device has not talked on that day. */
  talkDay(deviceId: string, day: string): Promise<TalkDay | undefined>;
  /** Adds to the kept sums of those days; ignores an unknown device. Drops days before `keepFrom`. */
  addTalk(days: readonly TalkDay[], keepFrom: string): Promise<void>;
}
