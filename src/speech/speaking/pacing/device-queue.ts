/** What decides how many packets a device can be given ahead. */
export interface DeviceQueueFacts {
  /** Dotted integers; undefined: unknown. */
  readonly firmwareVersion: string | undefined;
  readonly board: string | undefined;
  /** `pacing.boards`: packets by board name. */
  readonly boards: Readonly<Record<string, number>>;
}

/** The queue is 40 packets from firmware 1.6 on; newer builds for small boards have 20; it was 5 before (docs/protocol.md 4.3). */
const CEILING_UNKNOWN = 16;
const CEILING_KNOWN_40 = 30;
const CEILING_BEFORE_1_6 = 4;

/** Most packets that may be in the device at a time; beyond its queue the newest is dropped silently. */
export function queueCeiling({ firmwareVersion, board, boards }: DeviceQueueFacts): number {
  if (board !== undefined && Object.hasOwn(boards, board))
    return Math.max(1, Math.floor(boards[board] ?? CEILING_UNKNOWN));
  const version = /^(\d+)\.(\d+)/u.exec(firmwareVersion ?? '');
  if (!version) return CEILING_UNKNOWN;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < 1 || (major === 1 && minor < 6)) return CEILING_BEFORE_1_6;
  if (major > 2 || (major === 2 && minor >= 5)) return CEILING_UNKNOWN;
  return CEILING_KNOWN_40;
}
