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
  boundBy: z.string().optional().meta({ examples: ['lan', 'code', 'open', 'allowlist', 'local', 'console'] }),
  boundAtMs: wallMs.optional(),
  revoked: z.boolean(),
  connected: z.boolean(),
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
    .meta({ description: 'Among the turns that are kept.' }),
  talk: z
    .object({ turns: z.number(), lastTurnAtMs: wallMs, lastOutcome: z.string(), underruns: z.number(), underrunMs: z.number() })
    .optional()
    .meta({ description: 'Sums over the turns that are kept.' }),
});
export type DeviceView = z.output<typeof deviceView>;

export const devicesAnswer = z.object({ devices: z.array(deviceView) });
export const deviceAnswer = z.object({ device: deviceView });
export const renameDeviceRequest = z.strictObject({ name: z.string().trim().max(64).meta({ description: 'Empty: no name.' }) });
export const pairingRequest = z.strictObject({ code: z.string().min(1).max(32).meta({ description: 'Six digits; spaces and dashes do not count.', examples: ['123 456'] }) });

/** The browser that asks, as a device that may talk until it signs out. */
export const browserDeviceAnswer = z.object({
  deviceId: z.string(),
  clientId: z.string(),
  token: z.string(),
  websocketUrl: z.string().meta({ description: 'On the server that the page came from. A browser cannot set headers: device-id, client-id and authorization go into the query.' }),
});
export type BrowserDevice = z.output<typeof browserDeviceAnswer>;
