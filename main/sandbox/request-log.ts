import type { Exchange, SandboxProvider } from './contract.ts';
import { bodyFields } from './form.ts';

/** One line of `GET /log`. Secrets are replaced by "…" before a line exists. */
export interface LogEntry {
  /** Sandbox time, ISO 8601. */
  readonly time: string;
  readonly provider: SandboxProvider;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** The scheme of the Authorization header ("basic", "bearer"), null without one. */
  readonly authorization: string | null;
  /** Null when no answer left (a fault dropped the connection, or the client went away). */
  readonly status: number | null;
  /** Form or JSON fields; null for a body that is neither. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** Why a 500 was answered, for whoever debugs the sandbox itself. */
  readonly problem?: string;
}

export interface RequestLog {
  add(provider: SandboxProvider, exchange: Exchange, status: number | null, problem?: string): void;
  entries(): readonly LogEntry[];
  clear(): void;
}

const MAX_ENTRIES = 10_000;
const MAX_TEXT = 500;
const MAX_DEPTH = 6;
const HIDDEN = '…';

/** Keeps the last 10,000 requests. */
export function requestLog(now: () => number): RequestLog {
  let entries: LogEntry[] = [];
  return {
    add(provider, exchange, status, problem) {
      const fields = bodyFields(exchange);
      entries.push({
        time: new Date(now()).toISOString(),
        provider,
        method: exchange.method,
        path: exchange.url.pathname,
        query: withoutSecrets(Object.fromEntries(exchange.url.searchParams)),
        authorization: /^[A-Za-z]+/u.exec(exchange.headers['authorization'] ?? '')?.[0].toLowerCase() ?? null,
        status,
        body: fields === null ? null : withoutSecrets(fields),
        ...(problem === undefined ? {} : { problem }),
      });
      // Cut in batches: dropping one entry per request would move the whole array each time.
      if (entries.length >= MAX_ENTRIES * 2) entries = entries.slice(-MAX_ENTRIES);
    },
    entries: () => entries.slice(-MAX_ENTRIES),
    clear() {
      entries = [];
    },
  };
}

/** Names whose values never show. `page_token` and its like are places in a list, not secrets. */
const SECRET_NAMES =
  /^(code|token|code_verifier|xsrf|pin|otp|cookie)$|secret|passw|assertion|authorization|credential$|token$/iu;
const PLACE_NAMES = /^(next_?)?page_?token$|^continuation_?token$/iu;

function withoutSecrets(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      SECRET_NAMES.test(name) && !PLACE_NAMES.test(name) ? HIDDEN : shown(value, depth + 1),
    ]),
  );
}

function shown(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return HIDDEN;
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => shown(item, depth + 1));
  return withoutSecrets(value as Record<string, unknown>, depth);
}
