import { z } from 'zod';

export const ms = (max: number) => z.int().min(0).max(max);

/** A count, or `auto` for the number that suits this machine. */
export const autoOr = (max: number) => z.union([z.literal('auto'), z.int().min(1).max(max)]).default('auto');
