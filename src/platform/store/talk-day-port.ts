/** A device's talk on one day of its time zone. */
export interface TalkDay {
  readonly deviceId: string;
  /** `2026-11-28`. */
  readonly day: string;
  readonly talkMs: number;
  readonly characters: number;
}

/** Talk per day. Errors: those of `DeviceStore`. */
export interface TalkDayStore {
  /** Undefined: the device did not talk on that day. */
  talkDay(deviceId: string, day: string): Promise<TalkDay | undefined>;
  /** Adds to the stored sums of these days. Ignores an unknown device. Drops days before `keepFrom`. */
  addTalk(days: readonly TalkDay[], keepFrom: string): Promise<void>;
}
