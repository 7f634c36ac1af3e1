import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { ChorusError, describeError, type Bilingual } from '../../core/index.js';
import type { Firmware, ReleaseReport } from '../../device/firmware/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AdminApi } from '../api.js';
import { ADMIN_API } from '../contract.js';
import type { AdminGate } from '../gate.js';
import type { FirmwareView } from '../schemas.js';

export interface FirmwareRouteOptions {
  readonly gate: AdminGate;
  readonly firmware: Firmware;
}

const OCTETS = 'application/octet-stream';

/** Firmware images, and whom they are offered. */
export function registerFirmwareRoutes(api: AdminApi, { gate, firmware }: FirmwareRouteOptions): void {
  // The image goes to the disk as it comes, and is measured there; it is the only body here that is not text.
  api.app.addContentTypeParser(OCTETS, (_request, payload, done) => done(null, payload));

  api.on(ADMIN_API.listFirmware, async () => ({ firmware: (await firmware.list()).map(firmwareView) }));

  api.on(ADMIN_API.addFirmware, async ({ query, request }) => {
    const { body } = request;
    if (!(body instanceof Readable))
      throw new ChorusError('admin.bad_request', `the body has to be the image, with content-type ${OCTETS}`, {
        details: { what: 'content-type' },
      });
    const { report, notes } = await firmware.add(
      whole(body, () => gate.admit(request)),
      {
        board: query.board,
        version: query.version,
        fileName: basename(query.file),
        share: query.share,
        deviceIds: deviceIds(query.devices.split(',').filter((part) => part.trim() !== '')),
        force: query.force === 'true',
      },
    );
    return { firmware: firmwareView(report), notes: [...notes] };
  });

  api.on(ADMIN_API.rollOutFirmware, async ({ params: { id }, body }) => {
    if (body.state === 'paused') return { firmware: firmwareView(await firmware.pause(id)) };
    return {
      firmware: firmwareView(
        await firmware.rollOut(id, {
          share: body.share,
          deviceIds: body.devices && deviceIds(body.devices),
          force: body.force,
        }),
      ),
    };
  });

  api.on(ADMIN_API.removeFirmware, ({ params: { id } }) => firmware.remove(id));
}

/** An upload is acted upon at its end: by then who sent it may have signed out. Error: what `admit` throws. */
async function* whole(body: AsyncIterable<Uint8Array>, admit: () => unknown): AsyncIterable<Uint8Array> {
  yield* body;
  admit();
}

/** Error: `admin.bad_request`. */
function deviceIds(texts: readonly string[]): readonly string[] {
  return texts.map((text) => {
    const id = parseDeviceId(text);
    if (id === undefined)
      throw new ChorusError('admin.bad_request', 'devices are named by their MAC addresses here', {
        details: { what: 'devices' },
      });
    return id;
  });
}

function firmwareView({ release, outcomes, offered, confirmed }: ReleaseReport): FirmwareView {
  const { id, board, version, sizeBytes, sha256, fileName, chip, createdMs, state, share, force } = release;
  const { returned, silent, underWay } = outcomes;
  return {
    id,
    board,
    version,
    sizeBytes,
    sha256,
    fileName,
    chip,
    addedAtMs: createdMs,
    rollout: {
      state,
      ...(state === 'halted' && { reason: haltedBecause(release, outcomes) }),
      share,
      devices: [...release.deviceIds],
      force,
      offered,
      arrived: confirmed,
      returned,
      silent,
      underWay,
    },
  };
}

function haltedBecause(
  { id, board, version, reason }: ReleaseReport['release'],
  { confirmed, returned, silent }: ReleaseReport['outcomes'],
): Bilingual {
  const error = new ChorusError('firmware.halted', reason ?? 'too few devices came back with it', {
    details: { id, board, version, confirmed, returned, silent },
  });
  return { en: describeError(error, 'en'), zh: describeError(error, 'zh') };
}
