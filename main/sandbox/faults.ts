import type { Exchange, SandboxProvider } from './contract.ts';
import { sandboxProviders } from './registry.ts';

/** Something that goes wrong on purpose with the next `times` matching requests. */
export interface Fault {
  readonly provider: SandboxProvider;
  /** A path, or the beginning of one when it ends in `*`. */
  readonly path: string;
  readonly method?: string;
  readonly status?: number;
  readonly delayMs?: number;
  /** Breaks the connection instead of answering. */
  readonly drop?: boolean;
  /** What is answered instead: text as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The request is processed first: the server committed, only its answer is changed or lost. */
  readonly after?: boolean;
  readonly times: number;
}

export interface Faults {
  /** Adds a fault, or answers one sentence that says what is wrong with it. */
  add(fields: Readonly<Record<string, unknown>>): string | null;
  /** The first fault that this request meets; one of its times is used up. */
  take(provider: SandboxProvider, exchange: Exchange): Fault | null;
  /** What is left. */
  list(): readonly Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  let active: Fault[] = [];
  return {
    add(fields) {
      const fault = readFault(fields);
      if (typeof fault === 'string') return fault;
      active.push(fault);
      return null;
    },
    take(provider, exchange) {
      const found = active.find((fault) => fault.provider === provider && meets(fault, exchange));
      if (found === undefined) return null;
      const left = { ...found, times: found.times - 1 };
      active = active.flatMap((fault) => (fault === found ? (left.times > 0 ? [left] : []) : [fault]));
      return found;
    },
    list: () => active,
    clear() {
      active = [];
    },
  };
}

function meets({ path, method }: Fault, exchange: Exchange): boolean {
  if (method !== undefined && method !== exchange.method) return false;
  const { pathname } = exchange.url;
  return path.endsWith('*') ? pathname.startsWith(path.slice(0, -1)) : pathname === path;
}

const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  provider: (value) => sandboxProviders.some((provider) => provider === value),
  path: (value) => typeof value === 'string' && value.startsWith('/'),
  method: (value) => typeof value === 'string' && /^[A-Za-z]+$/u.test(value),
  status: (value) => isWhole(value, 200, 599),
  delayMs: (value) => isWhole(value, 0, 600_000),
  drop: (value) => typeof value === 'boolean',
  body: () => true,
  headers: isHeaders,
  after: (value) => typeof value === 'boolean',
  times: (value) => isWhole(value, 1, 1_000_000),
};

function readFault(fields: Readonly<Record<string, unknown>>): Fault | string {
  for (const [name, value] of Object.entries(fields)) {
    const check = CHECKS[name];
    if (check === undefined) return `A fault has no "${name}". Known: ${Object.keys(CHECKS).join(', ')}.`;
    if (!check(value)) return `A fault's "${name}" cannot be ${JSON.stringify(value)}.`;
  }
  for (const name of ['provider', 'path']) {
    if (!(name in fields)) return `A fault needs a "${name}".`;
  }
  const { method } = fields;
  return {
    ...(fields as unknown as Omit<Fault, 'times'>),
    ...(typeof method === 'string' ? { method: method.toUpperCase() } : {}),
    times: typeof fields['times'] === 'number' ? fields['times'] : 1,
  };
}

function isWhole(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isHeaders(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[\w!#$%&'*+.^`|~-]+$/u.test(name) && typeof text === 'string' && !/[\r\n\0]/u.test(text),
    )
  );
}
