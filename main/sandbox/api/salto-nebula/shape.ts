/**
 * An answer as protobuf JSON writes it: empty texts, nulls, `false`, zero and empty lists are left out (also of the
 * envelope), while messages stay even when nothing is left in them. With `omit` off everything stays, and what is absent
 * (null: an optional field, a message, a timestamp) is left out all the same, for protobuf has no other way to say it.
 */
export function protobufJson(value: object, omit: boolean): object {
  const shaped: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    if (field === null || field === undefined) continue;
    if (omit && isEmpty(field)) continue;
    shaped[name] = shape(field, omit);
  }
  return shaped;
}

function isEmpty(field: unknown): boolean {
  return field === '' || field === false || field === 0 || (Array.isArray(field) && field.length === 0);
}

function shape(field: unknown, omit: boolean): unknown {
  if (Array.isArray(field)) return field.map((one: unknown) => shape(one, omit));
  return typeof field === 'object' && field !== null ? protobufJson(field, omit) : field;
}
