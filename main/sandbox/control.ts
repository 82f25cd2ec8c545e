import { answerOf } from './answer.ts';
import type { Answer } from './answer.ts';
import type { ShiftedClock } from './clock.ts';
import type { Exchange, Reply, Switches } from './contract.ts';
import type { Faults } from './faults.ts';
import { jsonObject } from './form.ts';
import type { RequestLog } from './request-log.ts';
import { setSwitches } from './switches.ts';

/** What the control server turns. */
export interface ControlParts {
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly clock: ShiftedClock;
  readonly switches: Switches;
  /** Accepts the Salto KS invitations of an e-mail address; false when there are none. */
  readonly accept: (email: string) => boolean;
  readonly describe: () => unknown;
  /** The exercise of 500 sites as it is. */
  readonly portfolio: () => unknown;
  /** Back to how the sandbox started. */
  readonly reset: () => void;
}

type Action = (parts: ControlParts, fields: Record<string, unknown>) => Reply;

const NO_CONTENT: Reply = { status: 204 };

const ACTIONS: Readonly<Record<string, Action>> = {
  'GET /': ({ describe }) => ({ status: 200, json: describe() }),
  'GET /log': ({ log }) => ({ status: 200, json: log.entries() }),
  'DELETE /log': ({ log }) => {
    log.clear();
    return NO_CONTENT;
  },
  'GET /faults': ({ faults }) => ({ status: 200, json: faults.list() }),
  'POST /faults': ({ faults }, fields) => refusedOr(faults.add(fields), { status: 201, json: faults.list() }),
  'DELETE /faults': ({ faults }) => {
    faults.clear();
    return NO_CONTENT;
  },
  'POST /clock': ({ clock }, { offsetSeconds, ...rest }) => {
    if (
      typeof offsetSeconds !== 'number' ||
      !Number.isInteger(offsetSeconds) ||
      Object.keys(rest).length > 0
    ) {
      return refused('The clock takes {"offsetSeconds": <whole seconds>}.');
    }
    clock.setOffset(offsetSeconds);
    return { status: 200, json: { offsetSeconds, now: new Date(clock.now()).toISOString() } };
  },
  'GET /switches': ({ switches }) => ({ status: 200, json: switches }),
  'POST /switches': ({ switches }, fields) =>
    refusedOr(setSwitches(switches, fields), { status: 200, json: switches }),
  // Stands for the link in the invitation's mail, which no API can follow (vendor-apis 1.8).
  'POST /accept': ({ accept }, { email, ...rest }) => {
    if (typeof email !== 'string' || Object.keys(rest).length > 0) {
      return refused('Accepting takes {"email": "<address of the invited person>"}.');
    }
    return accept(email.trim()) ? NO_CONTENT : refused('Nobody is invited under this address.', 404);
  },
  'GET /portfolio': ({ portfolio }) => ({ status: 200, json: portfolio() }),
  'POST /reset': ({ reset }) => {
    reset();
    return NO_CONTENT;
  },
};

/** Answers the control server's requests: how tests and tools look into the sandbox and make it misbehave. */
export function controlResponder(parts: ControlParts): (exchange: Exchange) => Promise<Answer> {
  return (exchange) => Promise.resolve(answerOf(controlReply(parts, exchange)));
}

function controlReply(parts: ControlParts, exchange: Exchange): Reply {
  const foreign = foreignCaller(exchange);
  if (foreign !== null) return refused(foreign, 403);
  const { pathname } = exchange.url;
  const action = ACTIONS[`${exchange.method} ${pathname}`];
  if (action === undefined) {
    const known = Object.keys(ACTIONS).join(', ');
    return refused(`There is no ${exchange.method} ${pathname}. Known: ${known}.`, 404);
  }
  const fields = exchange.body === '' ? {} : jsonFields(exchange);
  return fields === null
    ? refused('The body must be a JSON object, sent as application/json.')
    : action(parts, fields);
}

/**
 * A web page must not turn the sandbox: a name that was rebound to 127.0.0.1 shows in Host, a foreign page in Origin.
 */
function foreignCaller({ headers, url }: Exchange): string | null {
  const host = headers['host'] ?? '';
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/iu.test(host))
    return 'The control server answers to 127.0.0.1 and localhost only.';
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== url.origin) {
    return 'The control server does not answer to web pages of other origins.';
  }
  return null;
}

function jsonFields({ headers, body }: Exchange): Record<string, unknown> | null {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  return type === 'application/json' ? jsonObject(body) : null;
}

function refused(message: string, status = 400): Reply {
  return { status, json: { error: message } };
}

function refusedOr(problem: string | null, done: Reply): Reply {
  return problem === null ? done : refused(problem);
}
