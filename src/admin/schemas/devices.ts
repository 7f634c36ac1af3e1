import { z } from 'zod';
import { wallMs } from './common.js';
import { turnVerdict } from './turns.js';

export const deviceView = z.object({
  deviceId: z.string(),
  name: z.string().optional().meta({ description: 'Given by a person.' }),
  board: z.string().optional(),
  firmwareVersion: z.string().optional(),
  language: z.string(),
  bound: z.boolean(),
  boundBy: z
    .string()
    .optional()
    .meta({ examples: ['lan', 'code', 'open', 'allowlist', 'local', 'console'] }),
  boundAtMs: wallMs.optional(),
  revoked: z.boolean(),
  connected: z.boolean(),
  agentId: z.string().optional().meta({ description: 'Who answers there, in place of what the configuration says.' }),
  firstSeenMs: wallMs,
  lastSeenMs: wallMs,
  browser: z.boolean().meta({ description: 'The page in a browser, not a device.' }),
  lastTurn: z
    .object({
      atMs: wallMs,
      outcome: z.string(),
      code: z.string().optional(),
      stages: z.record(z.string(), z.number()).meta({ description: 'Milliseconds.' }),
      underruns: z.number(),
      verdict: turnVerdict,
    })
    .optional()
    .meta({ description: 'Also from before the last start, as long as the history has it.' }),
  talk: z
    .object({
      turns: z.number(),
      lastTurnAtMs: wallMs,
      lastOutcome: z.string(),
      underruns: z.number(),
      underrunMs: z.number(),
    })
    .optional()
    .meta({ description: 'Sums since the last start, and over the turns of the history before it.' }),
});
export type DeviceView = z.output<typeof deviceView>;

/** Why a device is not offered a release. */
export const noFirmwareBecause = z.enum([
  'other_board',
  'has_it',
  'paused',
  'halted',
  'not_chosen',
  'other_chip',
  'too_large',
  'version_unknown',
  'not_newer',
  'gave_up',
  'others_under_way',
]);

export const deviceDetails = deviceView.extend({
  tokenGeneration: z.number().meta({ description: 'Counts on with every new token.' }),
  previousTokenValid: z
    .boolean()
    .meta({ description: 'The token before still works, as the new one was not used yet.' }),
  firmware: z
    .array(
      z.object({
        id: z.string(),
        version: z.string(),
        offered: z.boolean().meta({ description: 'It is told of it when it starts next.' }),
        because: noFirmwareBecause.optional().meta({ description: 'Why not.' }),
      }),
    )
    .meta({ description: 'Releases for its board, newest first.' }),
});
export type DeviceDetails = z.output<typeof deviceDetails>;

export const deviceDetailsAnswer = z.object({ device: deviceDetails });
export const devicesAnswer = z.object({ devices: z.array(deviceView) });
export const deviceAnswer = z.object({ device: deviceView });
export const renameDeviceRequest = z.strictObject({
  name: z.string().trim().max(64).meta({ description: 'Empty: no name.' }),
});
export const pairingRequest = z.strictObject({
  code: z
    .string()
    .min(1)
    .max(32)
    .meta({ description: 'Six digits; spaces and dashes do not count.', examples: ['123 456'] }),
});

/** The browser that asks, as a device that may talk until it signs out. */
export const browserDeviceAnswer = z.object({
  deviceId: z.string(),
  clientId: z.string(),
  token: z.string(),
  websocketUrl: z.string().meta({
    description:
      'On the server that the page came from. A browser cannot set headers: device-id, client-id and authorization go into the query.',
  }),
});
export type BrowserDevice = z.output<typeof browserDeviceAnswer>;
