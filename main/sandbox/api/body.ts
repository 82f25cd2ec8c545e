import type { Exchange } from '../contract.ts';
import { bodyFields, jsonObject as parseObject } from '../form.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request body that must be a JSON object; null for anything else. An empty body is `{}` where `emptyAllowed`. */
export function jsonObject(body: string, emptyAllowed = false): JsonObject | null {
  return emptyAllowed && body.trim() === '' ? {} : parseObject(body);
}

/** A field that must be text when it is there: undefined = not there, null = there and no text. */
export function textField(object: JsonObject, name: string): string | null | undefined {
  if (!Object.hasOwn(object, name)) return undefined;
  const value = object[name];
  return typeof value === 'string' ? value : null;
}

/** The texts of an array field; undefined = not there, null = not an array of texts. */
export function textsField(object: JsonObject, name: string): string[] | null | undefined {
  if (!Object.hasOwn(object, name)) return undefined;
  const value = object[name];
  if (!Array.isArray(value)) return null;
  const texts = value.filter((one): one is string => typeof one === 'string');
  return texts.length === value.length ? texts : null;
}

/** Splits a path in decoded segments, or null when a segment's percent-encoding is broken. */
export function pathSegments(pathname: string): string[] | null {
  try {
    return pathname.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return null;
  }
}

/** A whole number in decimal digits, or null. */
export function wholeNumber(text: string): number | null {
  return /^-?\d{1,15}$/u.test(text) ? Number(text) : null;
}

/** The same request with the texts of a form body as parameters of its address, where the address names them not itself. */
export function withFormQuery(exchange: Exchange): Exchange {
  const url = new URL(exchange.url);
  for (const [name, value] of Object.entries(bodyFields(exchange) ?? {})) {
    if (typeof value === 'string' && !url.searchParams.has(name)) url.searchParams.set(name, value);
  }
  return { ...exchange, url };
}
