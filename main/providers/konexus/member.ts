import { type JsonRecord, member } from '../reading.ts';

/** The member under its camelCase name or the PascalCase variant that the vendor's specification also has. */
export function konexusMember(record: JsonRecord | null, name: string): unknown {
  return member(record, name, name.charAt(0).toUpperCase() + name.slice(1));
}
