import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import * as v from 'valibot';
import { systemUserOutcomes, systemUserVerdicts } from '../../preload/contract.ts';
import { type Result, fail, ok } from '../../preload/errors.ts';
import { snapshotIdentity } from '../directory/snapshot-key.ts';
import { replaceFile, sweepAbandoned } from '../replace-file.ts';
import type { Vault } from '../vault/vault.ts';
import { planSchema } from './plan.ts';

/** The plan that is open in a profile, with what became of it. */
const keptSchema = v.object({
  version: v.literal(1),
  plan: planSchema,
  results: v.array(
    v.object({
      site: v.string(),
      outcome: v.picklist(systemUserOutcomes),
      message: v.string(),
      nextStep: v.string(),
      at: v.nullable(v.number()),
    }),
  ),
  /** Sites whose invitation was seen to be accepted. */
  accepted: v.array(v.string()),
  verified: v.nullable(
    v.object({
      at: v.number(),
      connectionName: v.string(),
      beyond: v.number(),
      rows: v.array(
        v.object({
          site: v.string(),
          verdict: v.picklist(systemUserVerdicts),
          roles: v.array(v.string()),
          message: v.string(),
          nextStep: v.string(),
        }),
      ),
    }),
  ),
});
export type Kept = v.InferOutput<typeof keptSchema>;

interface Place {
  readonly home: string;
  readonly vault: Vault;
}

const fileOf = ({ home }: Place): string => path.join(home, 'system-user', 'plan.age');

/**
 * Keeps the open plan for the next start, encrypted like the lists: the address in it may be somebody's. With the memory
 * vault nothing is kept, for its key would be gone. Errors: unexpected (the disk), and those of the vault.
 */
export async function keepPlan(place: Place, kept: Kept): Promise<Result<void>> {
  if (place.vault.kind === 'memory') return ok(undefined);
  const identity = await snapshotIdentity(place.vault);
  if (!identity.ok) return identity;
  try {
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(identity.value));
    const content = await encrypter.encrypt(JSON.stringify(kept));
    makeFolder(path.dirname(fileOf(place)));
    await replaceFile(fileOf(place), content);
    await sweepAbandoned(path.dirname(fileOf(place)));
    return ok(undefined);
  } catch (error) {
    return fail(
      'unexpected',
      `The plan could not be kept for the next start: ${reasonOf(error)}`,
      'Check the space and the permissions of the profile folder. The plan is still open here.',
    );
  }
}

/** The plan that was kept, null for none. Errors: settings_corrupt (damaged), and those of the vault. */
export async function keptPlan(place: Place): Promise<Result<Kept | null>> {
  if (place.vault.kind === 'memory') return ok(null);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(fileOf(place));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ok(null);
    return damaged(error);
  }
  const identity = await snapshotIdentity(place.vault);
  if (!identity.ok) return identity;
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity.value);
    const parsed = v.safeParse(keptSchema, JSON.parse(await decrypter.decrypt(bytes, 'text')));
    return parsed.success ? ok(parsed.output) : damaged(new Error(parsed.issues[0].message));
  } catch (error) {
    return damaged(error);
  }
}

/** Puts away what was kept. */
export async function forgetPlan(place: Pick<Place, 'home'>): Promise<void> {
  await rm(path.join(place.home, 'system-user', 'plan.age'), { force: true });
}

function damaged(error: unknown): Result<never> {
  return fail(
    'settings_corrupt',
    `The plan that was kept cannot be read: ${reasonOf(error)}`,
    'Close it and make a new one, or open its file. What was done stands in the record.',
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
