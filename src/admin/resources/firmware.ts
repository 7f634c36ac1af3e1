import { basename } from 'node:path';
import { z } from 'zod';
import { ChorusError, describeError, type Bilingual } from '../../core/index.js';
import type { Firmware, ReleaseReport } from '../../device/firmware/index.js';
import { parseDeviceId } from '../../device/protocol/index.js';
import type { AdminApi, Routes } from '../api.js';
import { acceptBinaryBodies, binaryBody } from '../binary-body.js';
import { requireProof, type AdminGate } from '../gate.js';
import { bilingual, wallMs, idParameter } from '../shapes.js';
import { resourceWords } from '../words/resources.js';

const share = z.number().min(0).max(1);

/** `halted` means that the server stopped the rollout, because too few devices reconnected with the new image. */
export const firmwareState = z.enum(['offered', 'paused', 'halted']);

export const firmwareView = z.object({
  id: z.string(),
  board: z.string(),
  version: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  fileName: z.string(),
  chip: z.string().optional(),
  addedAtMs: wallMs,
  rollout: z.object({
    state: firmwareState,
    reason: bilingual.optional().meta({ description: 'Why it was halted.' }),
    share: share.meta({ description: '0 to 1, of the devices of the board.' }),
    devices: z.array(z.string()).meta({ description: 'That are offered it whatever the share.' }),
    force: z
      .boolean()
      .meta({ description: 'Those devices install it whatever they run; false by itself once they have it.' }),
    offered: z.number().meta({ description: 'Devices that were offered it.' }),
    arrived: z.number().meta({ description: 'Devices that came back with it.' }),
    returned: z
      .number()
      .meta({ description: 'Devices that took it and came back without it, since it was rolled out last.' }),
    silent: z.number().meta({
      description:
        'Devices that took it and did not come back in time (firmware.return_ms), since it was rolled out last.',
    }),
    underWay: z.number().meta({ description: 'Devices that may still come back.' }),
  }),
});
export type FirmwareView = z.output<typeof firmwareView>;

export const firmwareListAnswer = z.object({ firmware: z.array(firmwareView) });
export const firmwareAnswer = z.object({ firmware: firmwareView });
export const addedFirmwareAnswer = z.object({
  firmware: firmwareView,
  notes: z.array(
    z.object({
      kind: z.enum(['version_unproven', 'chip_unknown', 'too_large_for']),
      slotMb: z
        .number()
        .optional()
        .meta({ description: 'too_large_for: boards whose slot for updates is so large, or smaller, cannot take it.' }),
    }),
  ),
});

/** The body is the image itself (application/octet-stream). */
export const addFirmwareQuery = z.strictObject({
  board: z
    .string()
    .min(1)
    .max(128)
    .meta({ description: 'As the device names it.', examples: ['bread-compact-wifi'] }),
  version: z.string().max(64).optional().meta({ description: 'Dotted numbers. Left out: as the image says.' }),
  file: z.string().max(255).default('').meta({ description: 'What the file is called, for people.' }),
  share: z.coerce.number().min(0).max(1).default(0),
  devices: z.string().max(8192).default('').meta({ description: 'MAC addresses, with commas between them.' }),
  force: z.enum(['true', 'false']).default('false'),
});

export const rolloutRequest = z.strictObject({
  share: share.optional(),
  devices: z.array(z.string().max(64)).max(1000).optional(),
  force: z.boolean().optional(),
  state: z
    .enum(['offered', 'paused'])
    .default('offered')
    .meta({ description: 'paused: nobody is offered it, and devices that were offered it before do not get it.' }),
});

export const firmwareRoutes = {
  listFirmware: {
    method: 'GET',
    path: '/firmware',
    summary: 'Firmware images and whom they are offered.',
    answer: firmwareListAnswer,
  },
  addFirmware: {
    method: 'POST',
    path: '/firmware',
    summary:
      'Adds an image (application/octet-stream). It is offered to nobody before a roll-out, ' +
      'unless a share or devices are given.',
    query: addFirmwareQuery,
    body: 'binary',
    answer: addedFirmwareAnswer,
    status: 201,
  },
  removeFirmware: { method: 'DELETE', path: '/firmware/:id', summary: 'Removes an image.', params: idParameter },
  rollOutFirmware: {
    method: 'POST',
    path: '/firmware/:id/rollout',
    summary:
      'Offers an image to a share of the devices of its board, or to some by name; pauses it; ' +
      'lets one that was halted go on.',
    params: idParameter,
    body: rolloutRequest,
    answer: firmwareAnswer,
  },
} as const satisfies Routes;

export interface FirmwareRouteOptions {
  readonly gate: AdminGate;
  readonly firmware: Firmware;
}

export function registerFirmwareRoutes(api: AdminApi, { gate, firmware }: FirmwareRouteOptions): void {
  acceptBinaryBodies(api.app);

  api.on(firmwareRoutes.listFirmware, async () => ({ firmware: (await firmware.list()).map(viewOfRelease) }));

  api.on(firmwareRoutes.addFirmware, async ({ query, principal, request }) => {
    if (query.share > 0 || query.devices !== '') requireProof(principal);
    const { report, notes } = await firmware.add(
      binaryBody(request, resourceWords.image, (one) => gate.admit(one)),
      {
        board: query.board,
        version: query.version,
        fileName: basename(query.file),
        share: query.share,
        deviceIds: deviceIds(query.devices.split(',').filter((part) => part.trim() !== '')),
        force: query.force === 'true',
      },
    );
    return { firmware: viewOfRelease(report), notes: [...notes] };
  });

  api.on(firmwareRoutes.rollOutFirmware, async ({ params: { id }, principal, body }) => {
    if (body.state === 'paused') return { firmware: viewOfRelease(await firmware.pause(id)) };
    requireProof(principal);
    return {
      firmware: viewOfRelease(
        await firmware.rollOut(id, {
          share: body.share,
          deviceIds: body.devices && deviceIds(body.devices),
          force: body.force,
        }),
      ),
    };
  });

  api.on(firmwareRoutes.removeFirmware, ({ params: { id } }) => firmware.remove(id));
}

/** Error: `admin.bad_request`. */
function deviceIds(texts: readonly string[]): readonly string[] {
  return texts.map((text) => {
    const id = parseDeviceId(text);
    if (id === undefined)
      throw new ChorusError('admin.bad_request', resourceWords.byMac, {
        details: { what: 'devices' },
      });
    return id;
  });
}

function viewOfRelease({ release, outcomes, offered, confirmed }: ReleaseReport): FirmwareView {
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
