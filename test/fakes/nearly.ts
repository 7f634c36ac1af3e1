import * as fc from 'fast-check';

/** Makes messages that are nearly valid: each member is right, of a wrong type, or missing. */
export const nearly = (fields: Record<string, unknown[]>): fc.Arbitrary<unknown> =>
  fc.record(
    Object.fromEntries(
      Object.entries(fields).map(([key, values]) => [
        key,
        fc.oneof(fc.constantFrom(...values), fc.anything({ maxDepth: 1, maxKeys: 3 })),
      ]),
    ),
    { requiredKeys: [] },
  );
