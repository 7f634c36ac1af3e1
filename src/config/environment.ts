export type Environment = Readonly<Record<string, string | undefined>>;

/** Only this function reads `process.env`. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
