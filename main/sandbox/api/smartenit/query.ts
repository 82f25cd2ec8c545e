import { isObject } from '../body.ts';
import type { Scalar } from '../select.ts';

type Test = (record: unknown) => boolean;

class QueryProblem extends Error {}

/** Longest regular expression: the sandbox runs it as it comes. */
const MAX_PATTERN = 256;

/**
 * The test of a `q` parameter: Mongo-style JSON, the part of it that the vendor's SDK shows (vendor-apis 4.2): values,
 * `$in`, `$nin`, `$eq`, `$ne`, `$regex` with `$options`, `$exists`, `{"$oid": ...}`, `$and`, `$or`, and dotted paths that reach into
 * lists. Answers a sentence when it is not understood.
 */
export function mongoQuery(text: string): Test | string {
  try {
    return allOf(JSON.parse(text));
  } catch (error) {
    if (error instanceof QueryProblem) return error.message;
    if (error instanceof SyntaxError) return 'q is not valid JSON';
    throw error;
  }
}

/** Every value at a dotted path; lists on the way and at the end are entered, as Mongo does. */
export function valuesAt(record: unknown, path: string): unknown[] {
  let values: unknown[] = [record];
  for (const name of path.split('.')) {
    values = values
      .flat()
      .flatMap((value) => (isObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));
  }
  return values.flat();
}

/** The first value at a path, if it can be sorted by. */
export function scalarAt(record: unknown, path: string): Scalar {
  const [value] = valuesAt(record, path);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function allOf(query: unknown): Test {
  if (!isObject(query)) throw new QueryProblem('q must be a JSON object');
  const tests = Object.entries(query).map(([name, condition]): Test => {
    if (name === '$and' || name === '$or') return combined(name, condition);
    if (name.startsWith('$')) throw new QueryProblem(`q: operator ${name.slice(0, 30)} is not supported`);
    return at(name, condition);
  });
  return (record) => tests.every((test) => test(record));
}

function combined(name: '$and' | '$or', parts: unknown): Test {
  if (!Array.isArray(parts)) throw new QueryProblem(`q: ${name} takes a list`);
  const tests = parts.map(allOf);
  return name === '$and'
    ? (record) => tests.every((test) => test(record))
    : (record) => tests.some((test) => test(record));
}

function at(path: string, condition: unknown): Test {
  const isOperators =
    isObject(condition) &&
    !('$oid' in condition) &&
    Object.keys(condition).some((name) => name.startsWith('$'));
  if (!isOperators) {
    const wanted = literal(condition);
    return (record) => has(record, path, wanted);
  }
  const tests = Object.entries(condition)
    .filter(([name]) => name !== '$options')
    .map(([name, operand]) => operator(path, name, operand, condition['$options']));
  return (record) => tests.every((test) => test(record));
}

function operator(path: string, name: string, operand: unknown, options: unknown): Test {
  switch (name) {
    case '$in':
    case '$nin': {
      if (!Array.isArray(operand)) throw new QueryProblem(`q: ${name} takes a list`);
      const wanted = operand.map(literal);
      const within: Test = (record) => wanted.some((value) => has(record, path, value));
      return name === '$in' ? within : (record) => !within(record);
    }
    case '$eq':
    case '$ne': {
      const wanted = literal(operand);
      return (record) => has(record, path, wanted) === (name === '$eq');
    }
    case '$exists':
      return (record) => valuesAt(record, path).length > 0 === (operand === true);
    case '$regex': {
      const pattern = expression(operand, options);
      return (record) =>
        valuesAt(record, path).some((value) => typeof value === 'string' && pattern.test(value));
    }
    default:
      throw new QueryProblem(`q: operator ${name.slice(0, 30)} is not supported`);
  }
}

/** Null equals what is not there, as in Mongo. */
function has(record: unknown, path: string, wanted: Scalar): boolean {
  const values = valuesAt(record, path);
  return values.includes(wanted) || (wanted === null && values.length === 0);
}

function literal(value: unknown): Scalar {
  if (isObject(value) && typeof value['$oid'] === 'string') return value['$oid'];
  if (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'number' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  throw new QueryProblem('q: only texts, numbers, true, false, null and {"$oid": ...} can be compared');
}

function expression(pattern: unknown, options: unknown): RegExp {
  if (typeof pattern !== 'string' || pattern.length > MAX_PATTERN) {
    throw new QueryProblem(`q: $regex takes a text of at most ${MAX_PATTERN} characters`);
  }
  if (options !== undefined && (typeof options !== 'string' || !/^[ims]{0,3}$/u.test(options))) {
    throw new QueryProblem('q: $options takes i, m and s');
  }
  try {
    return new RegExp(pattern, options);
  } catch {
    throw new QueryProblem('q: $regex is not a valid expression');
  }
}
