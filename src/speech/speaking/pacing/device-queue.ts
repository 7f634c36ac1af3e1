export interface DeviceQueueFacts {
  /** Integers separated by dots, such as `1.6.0`. Undefined if unknown. */
  readonly firmwareVersion: string | undefined;
  readonly board: string | undefined;
  /** `pacing.boards`, the number of packets by board name. */
  readonly boards: Readonly<Record<string, number>>;
}

/**
 * The queue of the device holds 40 packets from firmware 1.6 on, 20 in newer builds for small boards, and 5 in older
 * firmware (docs/protocol.md 4.3). The limits leave a margin.
 */
const LIMIT_UNKNOWN = 16;
const LIMIT_OF_40 = 30;
const LIMIT_BEFORE_1_6 = 4;

/** Returns how many packets may be in the device. A device whose queue is full silently drops the newest packet. */
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
