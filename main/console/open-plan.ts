import { type Failure, type Result, fail, ok } from '../../preload/errors.ts';
import type { SystemUserPlan, SystemUserRow } from '../../preload/contract.ts';
import type { Connection } from '../connections/connection.ts';
import { recordedOf } from '../system-user/journal.ts';
import { type Kept, forgetPlan, keepPlan, keptPlan } from '../system-user/kept.ts';
import type { SiteChoice } from '../system-user/make-plan.ts';
import { type Plan, type PlanRow, type Wanted, changesOf, parsePlan, planText } from '../system-user/plan.ts';
import { earlier, settledOutcomes } from '../system-user/results.ts';
import { isDrift } from '../system-user/verify.ts';
import type { ServiceParts } from './parts.ts';
import type { ConnectInput, JobOptions, SystemUserService } from './system-user.ts';

export interface RowQuery {
  readonly offset: number;
  readonly limit: number;
  readonly search?: string;
  readonly state?: PlanRow['state'];
  readonly only?: 'changes' | 'open' | 'drift';
}

/** The plan that screens look at, kept for the next start. One in a profile; a new one takes its place. */
export interface OpenPlan {
  /** Null where no plan is open. Errors: settings_corrupt (the kept one is damaged), and those of the vault. */
  current(): Promise<Result<SystemUserPlan | null>>;
  make(
    connection: Connection,
    wanted: Wanted,
    choice: SiteChoice,
    options: JobOptions,
  ): Promise<Result<SystemUserPlan>>;
  open(text: string): Promise<Result<SystemUserPlan>>;
  close(): Promise<Result<void>>;
  rows(query: RowQuery): Promise<Result<{ readonly rows: SystemUserRow[]; readonly total: number }>>;
  text(): Promise<Result<string>>;
  review(plan: string, options: JobOptions): Promise<Result<readonly string[]>>;
  apply(
    plan: string,
    options: JobOptions,
  ): Promise<Result<{ readonly plan: SystemUserPlan; readonly stopped: Failure | null }>>;
  watch(plan: string, options: JobOptions): Promise<Result<SystemUserPlan>>;
  connect(plan: string, input: ConnectInput, signal: AbortSignal): Promise<Result<Connection>>;
  verify(plan: string, connection: Connection, options: JobOptions): Promise<Result<SystemUserPlan>>;
  /** Told when the open plan changed. */
  onChanged(listener: () => void): void;
}

/** How often a long apply is kept: after so many settled rows. What lies between is in the record. */
const keepEvery = 25;

export function openPlan(parts: ServiceParts, service: SystemUserService): OpenPlan {
  const listeners = new Set<() => void>();
  /** undefined = not looked for yet. */
  let open: Kept | null | undefined;

  async function kept(): Promise<Result<Kept | null>> {
    if (open !== undefined) return ok(open);
    const found = await keptPlan(parts);
    if (!found.ok) return found;
    const recorded = found.value === null ? ok(null) : await withRecord(found.value);
    if (!recorded.ok) return recorded;
    // Another request may have opened one meanwhile.
    return ok((open ??= recorded.value));
  }

  /** What was done after the plan was kept last stands in the record alone: a crash, or another door. */
  async function withRecord(found: Kept): Promise<Result<Kept>> {
    const entries = await service.record();
    if (!entries.ok) return entries;
    const recorded = recordedOf(entries.value, found.plan.id);
    const known = new Map(found.results.map((result) => [result.site, result]));
    for (const row of changesOf(found.plan)) {
      const result = recorded.get(row.site.id)?.result ?? null;
      if (result === null) continue;
      const at = Date.parse(result.at);
      if ((known.get(row.site.id)?.at ?? 0) < at) known.set(row.site.id, earlier(row, result.outcome, at));
    }
    return ok({ ...found, results: [...known.values()] });
  }

  async function change(next: Kept): Promise<Result<void>> {
    open = next;
    const saved = await keepPlan(parts, next);
    for (const listener of listeners) listener();
    return saved;
  }

  /** The open plan, if it is the one that the screen means. */
  async function planOf(id: string): Promise<Result<Kept>> {
    const found = await kept();
    if (!found.ok) return found;
    if (found.value?.plan.id === id) return ok(found.value);
    return fail(
      'not_found',
      'Another plan is open by now.',
      'Look at the plan that is open; what was done with the other one stands in the record.',
    );
  }

  function described(of: Kept): SystemUserPlan {
    const { plan, results, verified } = of;
    const connection = service.connectionOf(plan);
    const outcomes = new Map(results.map(({ site, outcome }) => [site, outcome]));
    const left = changesOf(plan).filter(({ site }) => !isSettled(outcomes.get(site.id)));
    return {
      id: plan.id,
      madeAt: Date.parse(plan.madeAt),
      connection: connection.ok ? connection.value.id : plan.connection.id,
      connectionName: connection.ok ? connection.value.name : plan.connection.name,
      misfit: connection.ok ? null : connection.error,
      sandbox: connection.ok && connection.value.environment === 'sandbox',
      ...plan.systemUser,
      rows: plan.rows.length,
      states: tallyOf(plan.rows.map(({ state }) => state)),
      actions: tallyOf(plan.rows.map(({ action }) => action)),
      outcomes: tallyOf([...outcomes.values()]),
      left: left.length,
      leftActions: tallyOf(left.map(({ action }) => action)),
      stuck: left.filter(({ site }) => isStuck(outcomes.get(site.id))).length,
      waiting: waitingSites(of).length,
      verified: verified && {
        at: verified.at,
        connectionName: verified.connectionName,
        verdicts: tallyOf(verified.rows.map(({ verdict }) => verdict)),
        drift: verified.rows.filter(isDrift).length,
        beyond: verified.beyond,
      },
    };
  }

  async function fresh(plan: Plan): Promise<Result<SystemUserPlan>> {
    const next = await withRecord({ version: 1, plan, results: [], accepted: [], verified: null });
    if (!next.ok) return next;
    const saved = await change(next.value);
    return saved.ok ? ok(described(next.value)) : saved;
  }

  return {
    async current() {
      const found = await kept();
      return found.ok ? ok(found.value && described(found.value)) : found;
    },

    async make(connection, wanted, choice, options) {
      const made = await service.plan(connection, wanted, choice, options);
      return made.ok ? fresh(made.value) : made;
    },

    open(text) {
      const plan = parsePlan(text);
      return plan.ok ? fresh(plan.value) : Promise.resolve(plan);
    },

    async close() {
      open = null;
      await forgetPlan(parts);
      for (const listener of listeners) listener();
      return ok(undefined);
    },

    async rows(query) {
      const found = await kept();
      if (!found.ok) return found;
      return ok(found.value === null ? { rows: [], total: 0 } : windowOf(found.value, query));
    },

    async text() {
      const found = await kept();
      if (!found.ok) return found;
      return found.value === null
        ? fail('not_found', 'There is no plan.', 'Make one first.')
        : ok(planText(found.value.plan));
    },

    async review(id, options) {
      const found = await planOf(id);
      return found.ok ? service.review(found.value.plan, options) : found;
    },

    async apply(id, options) {
      const found = await planOf(id);
      if (!found.ok) return found;
      let now = found.value;
      let unkept = 0;
      const applied = await service.apply(now.plan, {
        ...options,
        settled: (_done, _of, result) => {
          if (result === null) return;
          const others = now.results.filter(({ site }) => site !== result.site);
          now = { ...now, results: [...others, result] };
          open = now;
          unkept += 1;
          if (unkept % keepEvery !== 0) return;
          for (const listener of listeners) listener();
        },
      });
      if (!applied.ok) return applied;
      now = { ...now, results: [...applied.value.results] };
      const saved = await change(now);
      const stopped = applied.value.stopped ?? (saved.ok ? null : saved.error);
      return ok({ plan: described(now), stopped });
    },

    async watch(id, options) {
      const found = await planOf(id);
      if (!found.ok) return found;
      const watched = await service.watch(found.value.plan, waitingSites(found.value), options);
      if (!watched.ok) return watched;
      const next = { ...found.value, accepted: [...found.value.accepted, ...watched.value] };
      const saved = await change(next);
      return saved.ok ? ok(described(next)) : saved;
    },

    async connect(id, input, signal) {
      const found = await planOf(id);
      return found.ok ? service.connect(found.value.plan, input, signal) : found;
    },

    async verify(id, connection, options) {
      const found = await planOf(id);
      if (!found.ok) return found;
      const verified = await service.verify(found.value.plan, connection, options);
      if (!verified.ok) return verified;
      const next: Kept = {
        ...found.value,
        verified: {
          at: parts.clock.now(),
          connectionName: connection.name,
          beyond: verified.value.beyond,
          rows: verified.value.rows.map((row) => ({ ...row, roles: [...row.roles] })),
        },
      };
      const saved = await change(next);
      return saved.ok ? ok(described(next)) : saved;
    },

    onChanged: (listener) => {
      listeners.add(listener);
    },
  };
}

function isSettled(outcome: string | undefined): boolean {
  return settledOutcomes.some((settled) => settled === outcome);
}

/** Tried, and a person has to do something before another try can end otherwise. */
function isStuck(outcome: string | undefined): boolean {
  return outcome === 'refused' || outcome === 'gone' || outcome === 'changed_since';
}

/** Sites where an invitation waits, as far as is known. */
function waitingSites({ plan, results, accepted }: Kept): readonly string[] {
  const done = new Set(
    results.filter(({ outcome }) => outcome === 'done' || outcome === 'already').map(({ site }) => site),
  );
  return plan.rows
    .filter(({ site, state, action }) => state === 'invited' || (action === 'invite' && done.has(site.id)))
    .map(({ site }) => site.id)
    .filter((site) => !accepted.includes(site));
}

function tallyOf(words: readonly string[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const word of words) tally[word] = (tally[word] ?? 0) + 1;
  return tally;
}

function windowOf(kept: Kept, query: RowQuery): { rows: SystemUserRow[]; total: number } {
  const outcomes = new Map(kept.results.map((result) => [result.site, result]));
  const verdicts = new Map(kept.verified?.rows.map((row) => [row.site, row]));
  const words = query.search?.trim().toLowerCase() ?? '';
  const fitting = kept.plan.rows.filter(({ site, state, action }) => {
    if (query.state !== undefined && state !== query.state) return false;
    if (
      words !== '' &&
      !site.name.toLowerCase().includes(words) &&
      site.readableId?.toLowerCase() !== words
    ) {
      return false;
    }
    if (query.only === 'changes') return action !== 'none';
    if (query.only === 'open') return action !== 'none' && !isSettled(outcomes.get(site.id)?.outcome);
    if (query.only === 'drift') {
      const verdict = verdicts.get(site.id);
      return verdict !== undefined && isDrift(verdict);
    }
    return true;
  });
  const rows = fitting.slice(query.offset, query.offset + query.limit).map((row): SystemUserRow => {
    const outcome = outcomes.get(row.site.id);
    const verdict = verdicts.get(row.site.id);
    return {
      site: row.site.id,
      name: row.site.name,
      state: row.state,
      action: row.action,
      role: row.role?.name ?? null,
      roles: row.roles.map(({ name }) => name),
      message: row.message,
      nextStep: row.nextStep,
      outcome: outcome
        ? {
            outcome: outcome.outcome,
            at: outcome.at,
            message: outcome.message,
            nextStep: outcome.nextStep,
          }
        : null,
      verdict: verdict
        ? {
            verdict: verdict.verdict,
            roles: [...verdict.roles],
            message: verdict.message,
            nextStep: verdict.nextStep,
          }
        : null,
    };
  });
  return { rows, total: fitting.length };
}
