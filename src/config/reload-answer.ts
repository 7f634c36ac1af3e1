import { z } from 'zod';

const keys = z.array(z.string());

/** The answer to `POST /api/v1/config/reload`. If `ok` is false, nothing has changed. */
export const reloadAnswerSchema = z.union([
  z.object({
    ok: z.literal(true),
    file: z.string(),
    /** Keys whose new value is used now. */
    changed: keys,
    /** Keys whose new value takes effect after a restart. */
    restart: keys,
  }),
  z.object({
    ok: z.literal(false),
    file: z.string(),
    /** The configuration is not valid. All mistakes are listed, in both languages. */
    mistakes: z.array(z.object({ key: z.string(), en: z.string(), zh: z.string() })),
  }),
  z.object({
    ok: z.literal(false),
    file: z.string(),
    /**
     * The configuration is valid, but this part of the server does not work with it. docs/errors.md explains `code`.
     */
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
