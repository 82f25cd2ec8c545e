import * as v from 'valibot';

const line = v.pipe(v.string(), v.maxLength(2000), v.regex(/^[^\p{Cc}]*$/u));

/** What a person sets for all connections at once. Absent = the default. Holds no secret. */
export const preferencesSchema = v.object({
  /** `system`: as the desktop or the environment says; `none`: always direct; else the origin of a proxy. */
  proxy: v.optional(line, 'system'),
  /** Whether the vault holds a user name and password for that proxy: else it need not be asked. */
  proxySignIn: v.optional(v.boolean(), false),
  /** Hosts that are reached without a proxy, written as in NO_PROXY and besides it. */
  noProxy: v.optional(line, ''),
  /** A PEM file with authorities to trust besides the known ones; null = none. */
  caFile: v.optional(v.nullable(line), null),
  /** Whether the authorities that the operating system knows are trusted. */
  systemCa: v.optional(v.boolean(), true),
  /** Minutes without anybody at a screen after which a console locks itself; null = never. */
  lockAfterMinutes: v.optional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440))),
    null,
  ),
  /** Whether lists are kept on disk, encrypted, for the next start. */
  keepLists: v.optional(v.boolean(), true),
  /** How the screen looks: as the system, or always light or dark. */
  theme: v.optional(v.picklist(['system', 'light', 'dark']), 'system'),
  /** By the name of a list, the columns that are shown or hidden other than at first. */
  columns: v.optional(
    v.record(
      v.pipe(v.string(), v.maxLength(40)),
      v.pipe(v.array(v.pipe(v.string(), v.maxLength(40))), v.maxLength(40)),
    ),
    {},
  ),
});
export type Preferences = v.InferOutput<typeof preferencesSchema>;

/** A profile in which nothing was set. */
export const defaultPreferences: Preferences = v.parse(preferencesSchema, {});
