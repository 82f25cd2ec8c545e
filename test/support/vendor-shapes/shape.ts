/**
 * What a vendor's page says an answer looks like, written down once more and apart from the fixtures, the providers and
 * the sandbox: the judge between them. A shape answers what is wrong with a value, nothing when all is as documented.
 */
export type Shape = (value: unknown, at?: string) => string[];

export const text: Shape = (value, at) => kind(typeof value === 'string', 'text', value, at);
export const whole: Shape = (value, at) => kind(Number.isInteger(value), 'a whole number', value, at);
export const flag: Shape = (value, at) => kind(typeof value === 'boolean', 'true or false', value, at);
/** A member that the page names without saying what is in it. */
export const anything: Shape = () => [];
export const nothing: Shape = (value, at) => kind(value === null, 'null', value, at);

/** Text of one form, such as a UUID. */
export function textLike(pattern: RegExp): Shape {
  return (value, at) => kind(typeof value === 'string' && pattern.test(value), String(pattern), value, at);
}

/** One exact value. */
export function only(...values: readonly unknown[]): Shape {
  return (value, at) => kind(values.includes(value), values.map(String).join(' or '), value, at);
}

export function orNull(shape: Shape): Shape {
  return (value, at) => (value === null ? [] : shape(value, at));
}

/** Any of several forms that the pages show; what is wrong is told of the one that comes closest. */
export function either(...shapes: readonly Shape[]): Shape {
  return (value, at) => {
    const [fewest = []] = shapes.map((shape) => shape(value, at)).sort((a, b) => a.length - b.length);
    return fewest;
  };
}

export function list(of: Shape): Shape {
  return (value, at = '') =>
    Array.isArray(value)
      ? value.flatMap((one, index) => of(one, `${at}[${index}]`))
      : kind(false, 'a list', value, at);
}

/**
 * An object with every member of `needed`, some of `perhaps` (those the page says may be absent), and no other, unless
 * `named` has a shape for its name.
 */
export function object(
  needed: Readonly<Record<string, Shape>>,
  perhaps: Readonly<Record<string, Shape>> = {},
  named: (name: string) => Shape | null = () => null,
): Shape {
  return (value, at = '') => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return kind(false, 'an object', value, at);
    const missing = Object.keys(needed).filter((name) => !Object.hasOwn(value, name));
    const wrong = Object.entries(value).flatMap(([name, member]) => {
      const shape = needed[name] ?? perhaps[name] ?? named(name);
      const here = `${at}.${name}`;
      return shape === null ? [`${here} is in no page of the vendor`] : shape(member, here);
    });
    return [...missing.map((name) => `${at}.${name} is missing`), ...wrong];
  };
}

function kind(right: boolean, expected: string, value: unknown, at = ''): string[] {
  return right ? [] : [`${at === '' ? 'the answer' : at} is ${JSON.stringify(value)}, not ${expected}`];
}
