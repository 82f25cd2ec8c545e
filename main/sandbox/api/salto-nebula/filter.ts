import type { Scalar } from '../select.ts';
import { tokensOf } from './filter-tokens.ts';
import type { FilterToken } from './filter-tokens.ts';

/** The fields that a filter may name, snake_case. */
export type FilterFields<R> = Readonly<Record<string, (record: R) => Scalar>>;

type Test<R> = (record: R) => boolean;

/** Longest filter (vendor-apis 2.3) and deepest nesting; the second only protects the parser's stack. */
const MAX_LENGTH = 20_000;
const MAX_DEPTH = 100;

class FilterProblem extends Error {}

/**
 * Parses the vendor's CEL-like filter: `==`, `!=`, `!`, `&&`, `||`, parentheses, `in ['a', 'b']`, `.contains('x')`,
 * `.startsWith('x')`, `.endsWith('x')`; `&&` binds tighter than `||`. Nothing else is taken, for nothing else is
 * documented. Answers the test, or a sentence about what is wrong.
 */
export function nebulaFilter<R>(text: string, fields: FilterFields<R>): Test<R> | string {
  if (text.length > MAX_LENGTH) return `filter is longer than ${MAX_LENGTH} characters`;
  const tokens = tokensOf(text);
  if (typeof tokens === 'string') return tokens;
  try {
    return parse(tokens, fields);
  } catch (error) {
    if (error instanceof FilterProblem) return error.message;
    throw error;
  }
}

function parse<R>(tokens: readonly FilterToken[], fields: FilterFields<R>): Test<R> {
  let at = 0;
  let depth = 0;

  const fail = (): never => {
    const token = tokens[at];
    const found = token === undefined ? 'the end' : `'${String(token.value).slice(0, 40)}'`;
    throw new FilterProblem(`invalid filter: unexpected ${found}`);
  };
  const isSign = (sign: string): boolean => {
    const token = tokens[at];
    return token?.kind === 'sign' && token.value === sign;
  };
  const take = (sign: string): boolean => {
    if (!isSign(sign)) return false;
    at += 1;
    return true;
  };
  const expect = (sign: string): void => {
    if (!take(sign)) fail();
  };
  const word = (): string => {
    const token = tokens[at];
    if (token?.kind !== 'word') return fail();
    at += 1;
    return token.value;
  };
  const literal = (): string | number | boolean => {
    const token = tokens[at];
    if (token?.kind === 'text' || token?.kind === 'number') {
      at += 1;
      return token.value;
    }
    const name = word();
    if (name === 'true' || name === 'false') return name === 'true';
    at -= 1;
    return fail();
  };

  function either(): Test<R> {
    const tests = [both()];
    while (take('||')) tests.push(both());
    return (record) => tests.some((test) => test(record));
  }

  function both(): Test<R> {
    const tests = [negated()];
    while (take('&&')) tests.push(negated());
    return (record) => tests.every((test) => test(record));
  }

  function negated(): Test<R> {
    depth += 1;
    if (depth > MAX_DEPTH) throw new FilterProblem('invalid filter: nested too deep');
    const test = take('!') ? not(negated()) : primary();
    depth -= 1;
    return test;
  }

  function not(test: Test<R>): Test<R> {
    return (record) => !test(record);
  }

  function primary(): Test<R> {
    if (take('(')) {
      const inner = either();
      expect(')');
      return inner;
    }
    return fieldTest();
  }

  function fieldTest(): Test<R> {
    let path = word();
    while (take('.')) {
      const name = word();
      if (take('(')) return call(path, name);
      path += `.${name}`;
    }
    const read = reader(path);
    if (take('==')) return equal(read, literal());
    if (take('!=')) return not(equal(read, literal()));
    const token = tokens[at];
    if (token?.kind === 'word' && token.value === 'in') {
      at += 1;
      return oneOf(read);
    }
    return (record) => read(record) === true;
  }

  function equal(read: (record: R) => Scalar, wanted: Scalar): Test<R> {
    return (record) => read(record) === wanted;
  }

  function oneOf(read: (record: R) => Scalar): Test<R> {
    const wanted = new Set<Scalar>();
    expect('[');
    if (!take(']')) {
      do wanted.add(literal());
      while (take(','));
      expect(']');
    }
    return (record) => wanted.has(read(record));
  }

  function call(path: string, name: string): Test<R> {
    const read = reader(path);
    const part = literal();
    expect(')');
    if (typeof part !== 'string') throw new FilterProblem(`invalid filter: ${name} takes a string`);
    const text = (record: R): string => String(read(record) ?? '');
    if (name === 'contains') return (record) => text(record).includes(part);
    if (name === 'startsWith') return (record) => text(record).startsWith(part);
    if (name === 'endsWith') return (record) => text(record).endsWith(part);
    throw new FilterProblem(`invalid filter: unknown function '${name.slice(0, 40)}'`);
  }

  function reader(path: string): (record: R) => Scalar {
    const read = Object.hasOwn(fields, path) ? fields[path] : undefined;
    if (read === undefined) throw new FilterProblem(`invalid filter: unknown field '${path.slice(0, 40)}'`);
    return read;
  }

  const test = either();
  if (at < tokens.length) fail();
  return test;
}
