export type Environment = Readonly<Record<string, string | undefined>>;

/** The configuration reads `process.env` only here. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
