import { z } from 'zod';
import { wallMs } from './common.js';

/** Longest password; a longer text would only cost time to hash. */
export const PASSWORD_MAX = 256;

export const signInRequest = z.strictObject({ password: z.string().min(1).max(PASSWORD_MAX) });

/** Who asks, and what it needs to know before it can ask for more. The same after signing in. */
export const sessionAnswer = z.object({
  signedIn: z.boolean(),
  csrf: z
    .string()
    .optional()
    .meta({ description: 'For the header x-chorus-csrf of everything but GET. Only when signed in.' }),
  expiresAtMs: wallMs.optional(),
  passwordSet: z.boolean().meta({ description: 'False: nobody can sign in before `chorus admin password` was run.' }),
  passwordFixed: z
    .boolean()
    .meta({ description: 'The password comes from the configuration or CHORUS_ADMIN_PASSWORD, and is changed there.' }),
  language: z.enum(['zh', 'en']).meta({ description: 'By Accept-Language.' }),
  version: z.string().optional().meta({ description: 'Only when signed in.' }),
});
export type SessionAnswer = z.output<typeof sessionAnswer>;

export const changePasswordRequest = z.strictObject({
  current: z
    .string()
    .max(PASSWORD_MAX)
    .optional()
    .meta({ description: 'Needed from a browser; a command on the server itself needs none.' }),
  next: z.string().min(1).max(PASSWORD_MAX).meta({ description: 'At least 8 characters.' }),
});
