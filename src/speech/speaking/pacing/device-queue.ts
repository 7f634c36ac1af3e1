/** What determines how many packets a device can hold. */
export interface DeviceQueueFacts {
  /** Dotted integers. Undefined: unknown. */
  readonly firmwareVersion: string | undefined;
  readonly board: string | undefined;
  /** `pacing.boards`: number of packets for a board, by its name. */
  readonly boards: Readonly<Record<string, number>>;
}

/**
 * The device's queue holds 40 packets from firmware 1.6 on, 20 in newer builds for small boards, and 5 in older
 * firmware (docs/protocol.md 4.3). The limits are lower, as a margin.
 */
const LIMIT_UNKNOWN = 16;
const LIMIT_OF_40 = 30;
const LIMIT_BEFORE_1_6 = 4;

/**
 * Returns how many packets a device may be sent ahead. If there are more than it can hold, it silently drops the newest
 * one.
 */
export function deviceQueueLimit({ firmwareVersion, board, boards }: DeviceQueueFacts): number {
  if (board !== undefined && Object.hasOwn(boards, board))
    return Math.max(1, Math.floor(boards[board] ?? LIMIT_UNKNOWN));
  const version = /^(\d+)\.(\d+)/u.exec(firmwareVersion ?? '');
  if (!version) return LIMIT_UNKNOWN;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < 1 || (major === 1 && minor < 6)) return LIMIT_BEFORE_1_6;
  if (major > 2 || (major === 2 && minor >= 5)) return LIMIT_UNKNOWN;
  return LIMIT_OF_40;
}
