/**
 * The providers: one line each, and the only place outside its folder that names one to the rest of the program
 * (docs/providers.md, "Adding a provider"). The order of the lines means nothing; catalogue.ts puts them in order.
 */
export { konexus } from './konexus/api.ts';
export { oauth2 } from './oauth2/api.ts';
export { oidc } from './oidc/api.ts';
export { saltoKs } from './salto-ks/api.ts';
export { saltoNebula } from './salto-nebula/api.ts';
export { smartenit } from './smartenit/api.ts';
