/**
 * Converts arguments to the types in the schema, because a device's parser treats a value of the wrong type as missing.
 * A value that cannot be converted is passed on, so that the model gets the receiver's error. Unknown members are
 * dropped.
 */
export function fitArguments(
  args: Readonly<Record<string, unknown>>,
  schema: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const properties = schema['properties'];
  if (typeof properties !== 'object' || properties === null) return {};
  const fitted: Record<string, unknown> = {};
  for (const [key, property] of Object.entries(properties)) {
    if (!Object.hasOwn(args, key) || args[key] === null || args[key] === undefined) continue;
    fitted[key] = fit(args[key], (property as { type?: unknown } | null)?.type);
  }
  return fitted;
}

function fit(value: unknown, type: unknown): unknown {
  switch (type) {
    case 'integer':
    case 'number':
      return typeof value === 'string' && /^\s*-?\d{1,15}(?:\.\d+)?\s*%?\s*$/.test(value)
        ? Number(value.replace('%', ''))
        : value;
    case 'boolean':
      if (value === 'true' || value === 1) return true;
      return value === 'false' || value === 0 ? false : value;
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    default:
      return value;
  }
}
