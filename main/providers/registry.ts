/**
 * The providers: one line each, and the only place outside its folder that names one to the rest of the program
 * (docs/providers.md, "Adding a provider"). The order of the lines means nothing; catalogue.ts puts them in order.
 */
export { konexus } from './konexus/entry.ts';
export { oauth2 } from './oauth2/entry.ts';
export { oidc } from './oidc/entry.ts';
export { saltoKs } from './salto-ks/entry.ts';
export { saltoNebula } from './salto-nebula/entry.ts';
export { smartenit } from './smartenit/entry.ts';
