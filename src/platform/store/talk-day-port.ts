export interface TalkDay {
  readonly deviceId: string;
  /** E.g. `2026-11-28`. */
  readonly day: string;
  readonly talkMs: number;
  readonly characters: number;
}

/** Errors: those of `DeviceStore`. */
export interface TalkDayStore {
  talkDay(deviceId: string, day: string): Promise<TalkDay | undefined>;
  /** Adds to the stored sums. Ignores unknown devices. Drops days before `keepFrom`. */
  addTalk(days: readonly TalkDay[], keepFrom: string): Promise<void>;
}
