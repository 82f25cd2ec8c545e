import { randomUUID } from 'node:crypto';
import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { Clock } from '../clock.ts';
import type { Site } from '../providers/system-users.ts';
import { judgeSite } from './judge.ts';
import { type Platform, concernsAll, lookAt, readSites } from './look.ts';
import { type Plan, type PlanRow, type Wanted, planFormat } from './plan.ts';
import { sideBySide } from './side-by-side.ts';

/** Which of the caller's sites a plan is for. */
export type SiteChoice =
  | { readonly kind: 'all' }
  /** Sites whose name contains this. */
  | { readonly kind: 'matching'; readonly text: string }
  /** Ids, readable ids or whole names. */
  | { readonly kind: 'listed'; readonly sites: readonly string[] };

export interface PlanParts {
  readonly platform: Platform;
  readonly clock: Clock;
  readonly connection: Plan['connection'];
  /** The subject of whoever is signed in. */
  readonly subject: string;
  readonly signal?: AbortSignal;
  readonly progress?: (said: {
    readonly phase: 'sites' | 'planning';
    readonly done: number;
    readonly of: number | null;
  }) => void;
}

/**
 * Looks at every chosen site and changes nothing. A site that cannot be read is a row that says so; what concerns every
 * site (the network, the session) is a failure of the whole. Errors: input_invalid (a listed site that is not there),
 * and those of the provider.
 */
export async function makePlan(parts: PlanParts, wanted: Wanted, choice: SiteChoice): Promise<Result<Plan>> {
  const { platform, progress } = parts;
  const all = await readSites(platform, (done) => progress?.({ phase: 'sites', done, of: null }));
  if (!all.ok) return all;
  const chosen = chooseSites(all.value, choice);
  if (!chosen.ok) return chosen;
  const sites = chosen.value.toSorted((one, other) => order.compare(one.name, other.name));
  const rows: PlanRow[] = new Array<PlanRow>(sites.length);
  let done = 0;
  const stopped: Failure[] = [];
  progress?.({ phase: 'planning', done, of: sites.length });
  await sideBySide(
    [...sites.entries()],
    async ([place, site]) => {
      const look = await lookAt(platform, site, wanted);
      if (look.failure !== null && concernsAll(look.failure)) stopped.push(look.failure);
      rows[place] = judgeSite(site, look, wanted);
      done += 1;
      progress?.({ phase: 'planning', done, of: sites.length });
    },
    () => stopped.length > 0 || parts.signal?.aborted === true,
  );
  if (stopped[0] !== undefined) return { ok: false, error: stopped[0] };
  if (parts.signal?.aborted === true) {
    return fail('cancelled', 'Planning was cancelled.', 'Nothing was changed. Plan again when you like.');
  }
  return ok({
    format: planFormat,
    version: 1,
    id: randomUUID(),
    madeAt: new Date(parts.clock.now()).toISOString(),
    connection: parts.connection,
    madeBy: parts.subject,
    systemUser: wanted,
    rows,
  });
}

const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function chooseSites(all: readonly Site[], choice: SiteChoice): Result<readonly Site[]> {
  if (choice.kind === 'listed') return listed(all, choice.sites);
  const text = choice.kind === 'matching' ? choice.text.trim().toLowerCase() : '';
  const chosen = all.filter(({ name }) => name.toLowerCase().includes(text));
  if (chosen.length > 0) return ok(chosen);
  return all.length === 0
    ? fail(
        'not_found',
        'This sign-in sees no sites.',
        'Sign in as somebody who manages the sites, and plan again.',
      )
    : fail(
        'not_found',
        `None of your ${all.length} sites has "${text}" in its name.`,
        'Try fewer letters, or all sites.',
      );
}

function listed(all: readonly Site[], names: readonly string[]): Result<readonly Site[]> {
  const chosen = new Map<string, Site>();
  for (const name of names.map((text) => text.trim()).filter((text) => text !== '')) {
    const wanted = name.toLowerCase();
    const byId = all.filter(
      ({ id, readableId }) => id.toLowerCase() === wanted || readableId?.toLowerCase() === wanted,
    );
    const found = byId.length > 0 ? byId : all.filter((site) => site.name.toLowerCase() === wanted);
    const [first] = found;
    if (first === undefined) {
      return fail(
        'not_found',
        `You have no site "${name}".`,
        'Give its name, its id or its readable id as the list of installations shows it.',
      );
    }
    if (found.length > 1) {
      return fail(
        'input_invalid',
        `${found.length} of your sites are named "${name}".`,
        `Give the id instead: ${found.map(({ id }) => id).join(', ')}`,
      );
    }
    chosen.set(first.id, first);
  }
  if (chosen.size > 0) return ok([...chosen.values()]);
  return fail('input_invalid', 'No site was named.', 'Name at least one, or plan for all.');
}
