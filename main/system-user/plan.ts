import * as v from 'valibot';
import { systemUserActions, systemUserStates } from '../../preload/contract.ts';
import { type Result, fail, ok } from '../../preload/errors.ts';

export type SiteState = (typeof systemUserStates)[number];
export type SiteAction = (typeof systemUserActions)[number];

const shortText = v.pipe(v.string(), v.maxLength(2000));
const named = v.pipe(v.string(), v.nonEmpty(), v.maxLength(200));

/** How the system user stands at one site, what would be done there, and why. */
const planRowSchema = v.object({
  site: v.object({ id: named, readableId: v.nullable(shortText), name: shortText }),
  state: v.picklist(systemUserStates),
  action: v.picklist(systemUserActions),
  /** The role that is planned here; null where none can be given. */
  role: v.nullable(v.object({ code: named, name: shortText })),
  /** What it has now. */
  roles: v.array(v.object({ code: named, name: shortText })),
  message: shortText,
  nextStep: shortText,
});
export type PlanRow = v.InferOutput<typeof planRowSchema>;

const email = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(320, 'An e-mail address has at most 320 characters.'),
  v.regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+\.[^\s@\p{C}]+$/u, 'It is not an e-mail address.'),
);
const personName = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('It is missing.'),
  v.maxLength(100, 'It has more than 100 characters.'),
  v.regex(/^[^\p{C}]*$/u, 'It has control characters.'),
);
const roleCode = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[\w.-]{1,100}$/, 'A role is named by its code, such as site_admin.'),
);

/** Who is to be the system user, and as what. */
export const wantedSchema = v.object({
  email,
  firstName: personName,
  lastName: personName,
  /** The vendor's word for the role, from the site's own list. */
  role: roleCode,
  /** Given where the first one cannot be; null = nothing is done there. */
  fallbackRole: v.nullable(roleCode),
});
export type Wanted = v.InferOutput<typeof wantedSchema>;

export const planFormat = 'latchkey system-user plan';

/** A plan file, version 1. It holds no secret; the address and name of the system user stand in it. */
export const planSchema = v.object({
  format: v.literal(planFormat),
  version: v.literal(1, 'This plan was made by another version of Latchkey.'),
  id: v.pipe(v.string(), v.uuid()),
  /** ISO 8601 */
  madeAt: v.pipe(v.string(), v.isoTimestamp()),
  /** With which connection, and where that leads: a plan is applied to the platform it was made of. */
  connection: v.object({ id: v.pipe(v.string(), v.uuid()), name: shortText, apiBase: shortText }),
  /** The subject (`sub`) of whoever planned: others may be allowed other things. */
  madeBy: shortText,
  systemUser: wantedSchema,
  rows: v.pipe(v.array(planRowSchema), v.maxLength(20_000)),
});
export type Plan = v.InferOutput<typeof planSchema>;

/** Checks what was typed of a system user. Errors: input_invalid, with the field in the message. */
export function checkWanted(typed: {
  readonly [K in keyof Wanted]: string | null | undefined;
}): Result<Wanted> {
  const parsed = v.safeParse(wantedSchema, { ...typed, fallbackRole: typed.fallbackRole ?? null });
  if (parsed.success) {
    const { role, fallbackRole } = parsed.output;
    return ok(fallbackRole === role ? { ...parsed.output, fallbackRole: null } : parsed.output);
  }
  const issue = parsed.issues[0];
  const field = fieldNames[String(v.getDotPath(issue))] ?? 'The system user';
  return fail('input_invalid', `${field}: ${issue.message}`, 'Correct it and plan again.');
}

const fieldNames: Readonly<Record<string, string>> = {
  email: 'E-mail',
  firstName: 'First name',
  lastName: 'Last name',
  role: 'Role',
  fallbackRole: 'Role where that cannot be given',
};

/** Reads a plan file. Errors: input_invalid (no JSON, no plan, or another version's; says where it is wrong). */
export function parsePlan(text: string): Result<Plan> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return fail('input_invalid', 'The plan is not JSON.', 'Give the file that was exported, unchanged.');
  }
  const parsed = v.safeParse(planSchema, json);
  if (!v.is(v.looseObject({ format: v.literal(planFormat) }), json)) {
    return fail(
      'input_invalid',
      'This is not a plan of Latchkey for a system user.',
      'Give the file that was exported, unchanged.',
    );
  }
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const where = v.getDotPath(issue);
    const at = where === null || where === 'version' ? '' : ` (at ${where})`;
    return fail(
      'input_invalid',
      `The plan cannot be read${at}: ${issue.message}`,
      'Make a new plan; making one changes nothing.',
    );
  }
  const sites = new Set(parsed.output.rows.map(({ site }) => site.id));
  if (sites.size !== parsed.output.rows.length) {
    return fail(
      'input_invalid',
      'The plan names a site twice.',
      'Make a new plan; making one changes nothing.',
    );
  }
  return ok(parsed.output);
}

/** The text of a plan file. */
export function planText(plan: Plan): string {
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** The rows that the plan would change. */
export function changesOf(plan: Plan): readonly PlanRow[] {
  return plan.rows.filter(({ action }) => action !== 'none');
}
