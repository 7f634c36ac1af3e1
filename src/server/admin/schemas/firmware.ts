import { z } from 'zod';
import { wallMs } from './common.js';

export const firmwareView = z.object({
  id: z.string(),
  board: z.string(),
  version: z.string(),
  sizeBytes: z.number(),
  sha256: z.string(),
  addedAtMs: wallMs,
  rollout: z.object({
    state: z.enum(['off', 'on', 'withdrawn']).meta({ description: 'withdrawn: devices did not come back with it.' }),
    share: z.number().meta({ description: '0 to 100, percent of the devices of the board.' }),
    devices: z.array(z.string()).meta({ description: 'That get it in any case.' }),
    force: z.boolean(),
    offered: z.number(),
    arrived: z.number().meta({ description: 'Devices that came back with this version.' }),
    lost: z.number().meta({ description: 'Devices that took it and did not come back.' }),
  }),
});
export type FirmwareView = z.output<typeof firmwareView>;

export const firmwareListAnswer = z.object({ firmware: z.array(firmwareView) });
export const firmwareAnswer = z.object({ firmware: firmwareView });

/** The body is the image itself (application/octet-stream). */
export const addFirmwareQuery = z.strictObject({ board: z.string().min(1).max(128), version: z.string().regex(/^\d+(\.\d+){0,4}$/).max(32) });

export const rolloutRequest = z.strictObject({
  share: z.number().min(0).max(100).optional(),
  devices: z.array(z.string().max(64)).max(1000).optional(),
  force: z.boolean().optional(),
  state: z.enum(['off', 'on']).optional(),
});
