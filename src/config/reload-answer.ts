import { z } from 'zod';

const keys = z.array(z.string());

/**
 * What a running server answers when it is asked to read its configuration again (`POST /api/v1/config/reload`).
 * Nothing was changed unless
 * `ok`.
 */
export const reloadAnswerSchema = z.union([
  z.object({
    ok: z.literal(true),
    file: z.string(),
    /** Keys whose new value is in force now. */
    changed: keys,
    /**
     * Keys whose new value takes effect after a restart: all in which the file differs from what the server was started
     * with.
     */
    restart: keys,
  }),
  z.object({
    ok: z.literal(false),
    file: z.string(),
    /** Not valid: every mistake, in both languages. */
    mistakes: z.array(z.object({ key: z.string(), en: z.string(), zh: z.string() })),
  }),
  z.object({
    ok: z.literal(false),
    file: z.string(),
    /** Valid, but this part was tried with it and failed: a row of docs/errors.md. */
    failed: z.object({
      part: z.enum(['llm', 'recognition', 'voice']),
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  }),
]);
export type ReloadAnswer = Readonly<z.output<typeof reloadAnswerSchema>>;
export type ReloadRefusal = Extract<ReloadAnswer, { readonly ok: false }>;
