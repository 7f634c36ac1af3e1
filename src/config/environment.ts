/** The process environment as plain data. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the process environment. No other code reads `process.env`; it gets the values as parameters. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
