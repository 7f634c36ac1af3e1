import { z } from 'zod';

/** A text in both languages, so that the reader can switch without another request. */
export const bilingual = z.object({ en: z.string(), zh: z.string() });

/** `message` and `remedy` are in the language of `Accept-Language`, zh or en. */
export const errorDetails = z.object({
  code: z.string().meta({ description: 'A row of docs/errors.md.', examples: ['admin.not_signed_in'] }),
  message: z.string().meta({ description: 'What went wrong, one sentence.' }),
  remedy: z.string().meta({ description: 'What to do about it.' }),
});

export const errorAnswer = z.object({ error: errorDetails });

export const wallMs = z.number().meta({ description: 'Milliseconds since the epoch.' });

/** A MAC address as devices write it, in lower case with colons. Upper case and dashes are accepted, too. */
export const deviceIdParameter = z.object({
  id: z
    .string()
    .min(1)
    .max(64)
    .meta({ examples: ['a0:85:e3:f4:49:34'] }),
});

const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** The id of a model, an agent, a document or the like. Never a path. */
export const idParameter = z.object({
  id: z
    .string()
    .refine((id) => ID.test(id), {
      error: 'letters, digits, dots, dashes and underscores only, beginning with a letter or digit, at most 128',
      params: { zh: '只能用字母、数字、点、短横和下划线，以字母或数字开头，最多 128 个字符' },
    })
    .meta({ pattern: ID.source }),
});
