import { ChorusError } from '../../core/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { HistoryQuery, HistoryTurn } from '../../platform/store/index.js';
import type { TurnRecord } from '../../records/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import { verdictOf } from '../verdict.js';

export interface TurnRouteOptions {
  /** Those in memory, oldest first. */
  readonly turns: () => readonly TurnRecord[];
  /** Those of the history, newest first. Never rejects. */
  readonly earlierTurns: (query: HistoryQuery) => Promise<readonly HistoryTurn[]>;
}

/** The last turns: those in memory, and below the oldest of them, which is in the history too, those of the history. */
export function registerTurnRoutes(api: AdminApi, { turns, earlierTurns }: TurnRouteOptions): void {
  api.on(ADMIN_API.listTurns, async ({ query: { since, limit, device } }) => {
    const deviceId = device === undefined ? undefined : parseDeviceId(device);
    if (device !== undefined && deviceId === undefined)
      throw new ChorusError('admin.bad_request', 'device has to be a MAC address', { details: { what: 'device' } });
    const kept = turns();
    const found = kept.filter(
      (turn) => turn.id > (since ?? 0) && (deviceId === undefined || turn.deviceId === deviceId),
    );
    const page = since === undefined ? found.slice(-limit) : found.slice(0, limit);
    // What was filtered out need not be looked at again, unless the page ended before it.
    const last = page.length < found.length && since !== undefined ? page.at(-1)?.id : kept.at(-1)?.id;
    // Who asks for what is new has seen the history, or does not want it.
    const missing = since === undefined ? limit - page.length : 0;
    const earlier =
      missing > 0
        ? await earlierTurns({
            limit: missing,
            ...(deviceId !== undefined && { deviceId }),
            ...(kept[0] && { beforeMs: kept[0].atWallMs }),
          })
        : [];
    return {
      turns: [...earlier.toReversed(), ...page].map((turn) => ({ ...turn, verdict: verdictOf(turn) })),
      next: Math.max(since ?? 0, last ?? 0),
    };
  });
}
