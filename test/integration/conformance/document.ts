import type { Plan } from './fixture.ts';

const sources =
  'https://gitlab.com/openid/conformance-suite/-/blob/12f2a4dac6462f8a4e95968bc7e478e02881e1a7/src/main/java/net/openid/conformance/';

/** The tables of docs/conformance.md, which a test compares with the page. */
export function tables(plans: readonly Plan[]): string {
  return plans
    .map(({ name, fixtures }) => {
      const rows = fixtures.map(
        ({ module, source, what, verdict }) =>
          `| [${module}](${sources}${source}.java) | ${what} | ${verdict === 'accept' ? 'accept' : `reject, \`${verdict}\``} |`,
      );
      return [`## ${name}`, '', '| module | the exchange | verdict |', '| --- | --- | --- |', ...rows].join(
        '\n',
      );
    })
    .join('\n\n');
}
