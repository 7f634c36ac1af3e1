import { ChorusError } from '../../../core/index.js';
import { parseDeviceId } from '../../../protocol/index.js';
import { turnView, type KeptTurn } from '../../../session/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import { verdictOf } from '../verdict.js';

/** `turns`: oldest first. */
export function registerTurnRoutes(api: AdminApi, turns: () => readonly KeptTurn[]): void {
  api.on(ADMIN_API.listTurns, ({ query: { since, limit, device } }) => {
    const deviceId = device === undefined ? undefined : parseDeviceId(device);
    if (device !== undefined && deviceId === undefined) throw new ChorusError('admin.bad_request', 'device has to be a MAC address', { details: { what: 'device' } });
    const found = turns().filter((turn) => turn.id > since && (deviceId === undefined || turn.deviceId === deviceId));
    const page = since === 0 ? found.slice(-limit) : found.slice(0, limit);
    // What was filtered out need not be looked at again, unless the page ended before it.
    const last = page.length < found.length && since > 0 ? page.at(-1)?.id : turns().at(-1)?.id;
    return { turns: page.map((turn) => ({ ...turnView(turn), verdict: verdictOf(turnView(turn)) })), next: Math.max(since, last ?? 0) };
  });
}
