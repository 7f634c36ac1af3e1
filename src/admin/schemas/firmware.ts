import { z } from 'zod';
import { bilingual, wallMs } from './common.js';

const share = z.number().min(0).max(1);
const deviceIds = z.array(z.string().max(64)).max(1000);

/** Whether devices are offered it: `halted` means that too few of those that took it came back with it. */
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
    offered: z.number().meta({ description: 'Devices that were told of it.' }),
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
  devices: deviceIds.optional(),
  force: z.boolean().optional(),
  state: z
    .enum(['offered', 'paused'])
    .default('offered')
    .meta({ description: 'paused: nobody is offered it, nor gets it who was told of it before.' }),
});
