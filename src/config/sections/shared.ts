import { z } from 'zod';

/** A time in milliseconds, at most `max`. */
export const ms = (max: number) => z.int().min(0).max(max);

/** A count, or `auto`, which stands for the number that suits this machine. */
export const autoOr = (max: number) => z.union([z.literal('auto'), z.int().min(1).max(max)]).default('auto');
