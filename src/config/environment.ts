/** The process environment as plain data. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The only place that reads `process.env`; everybody else is handed what it needs. */
export function readEnvironment(): Environment {
  return { ...process.env };
}
