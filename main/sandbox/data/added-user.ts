import type { SaltoKsPerson, SaltoKsUser } from './salto-ks.ts';

/** A site user who was added, not seeded: no keys, no rights but the given roles. */
export function addedSaltoKsUser(
  id: string,
  user: SaltoKsPerson,
  rest: Pick<SaltoKsUser, 'roles' | 'alias' | 'subscription_state'>,
): SaltoKsUser {
  return {
    id,
    user,
    roles: rest.roles,
    alias: rest.alias,
    subscription_state: rest.subscription_state,
    blocked: false,
    remote_access: false,
    use_pin: false,
    override_privacy_mode: false,
    toggle_easy_office_mode: false,
    toggle_manual_office_mode: false,
    tag_owned_by_this_site: false,
    expires_at: null,
    data_removal_expires_at: null,
  };
}
