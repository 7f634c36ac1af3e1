/** The process environment as plain data. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The only place that reads `process.env`; other code gets the values as parameters. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
