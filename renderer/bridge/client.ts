import * as v from 'valibot';
import {
  type Bridge,
  type CallOptions,
  type EventName,
  type EventPayload,
  type Input,
  type MethodName,
  type Output,
  type Progress,
  type RequestMessage,
  events,
  methods,
  screenMessage,
} from '../../preload/contract.ts';
import { type Failure, type Result, fail } from '../../preload/errors.ts';

/** What carries messages to the core and back: a WebSocket, or the desktop's preload. Messages are plain values. */
export interface Transport {
  /** False where there is no connection at the moment; the message is then not sent. */
  send(message: RequestMessage): boolean;
  /** One listener each; both are set before anything is sent. */
  onMessage(listener: (message: unknown) => void): void;
  onConnection(listener: (connected: boolean) => void): void;
}

interface Pending {
  readonly method: MethodName;
  readonly answer: (result: Result<unknown>) => void;
  readonly progress: ((progress: Progress) => void) | undefined;
}

/**
 * The bridge over a transport. Everything is validated in both directions; requests under way when the connection is
 * lost answer `network_unreachable`.
 * @param snapshot makes a plain copy of what may be a reactive proxy (those cannot be cloned)
 */
export function createBridge(transport: Transport, snapshot: <T>(value: T) => T): Bridge {
  const pending = new Map<number, Pending>();
  const listeners = new Map<EventName, Set<(payload: never) => void>>();
  const connectionListeners = new Set<(connected: boolean) => void>();
  let last = 0;

  transport.onConnection((connected) => {
    if (!connected) {
      for (const { answer } of pending.values()) answer({ ok: false, error: lost });
      pending.clear();
    }
    for (const listener of connectionListeners) listener(connected);
  });

  transport.onMessage((raw) => {
    const parsed = v.safeParse(screenMessage, raw);
    if (!parsed.success) return; // Not ours to guess at: the request it may have meant is still open and can be cancelled.
    const message = parsed.output;
    if (message.type === 'event') {
      const payload = v.safeParse(events[message.event], message.payload);
      if (!payload.success) return;
      for (const listener of listeners.get(message.event) ?? []) listener(payload.output as never);
      return;
    }
    const request = pending.get(message.request);
    if (request === undefined) return;
    if (message.type === 'progress') {
      request.progress?.(message.progress);
      return;
    }
    pending.delete(message.request);
    request.answer(checked(request.method, message.result));
  });

  function call<M extends MethodName>(
    method: M,
    input: Input<M>,
    options: CallOptions<M> = {},
  ): Promise<Result<Output<M>>> {
    const { signal, progress } = options;
    if (signal?.aborted) return Promise.resolve({ ok: false, error: cancelled });
    const plain = snapshot(input);
    const parsed = v.safeParse(methods[method].input, plain);
    if (!parsed.success) {
      const [issue] = parsed.issues;
      const where = v.getDotPath(issue);
      return Promise.resolve(
        fail(
          'input_invalid',
          where === null ? issue.message : `${where}: ${issue.message}`,
          'Correct it and try again.',
        ),
      );
    }
    last += 1;
    const request = last;
    return new Promise<Result<Output<M>>>((resolve) => {
      const stop = (): void => {
        pending.delete(request);
        last += 1;
        transport.send({ request: last, method: 'requests.cancel', input: { request } });
        resolve({ ok: false, error: cancelled });
      };
      pending.set(request, {
        method,
        progress,
        answer: (result) => {
          signal?.removeEventListener('abort', stop);
          resolve(result as Result<Output<M>>);
        },
      });
      if (!transport.send({ request, method, input: plain })) {
        pending.delete(request);
        resolve({ ok: false, error: lost });
        return;
      }
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  return {
    call,
    on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set);
      set.add(listener);
      return () => set.delete(listener);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      return () => connectionListeners.delete(listener);
    },
  };
}

type Answer = { ok: true; value: unknown } | { ok: false; error: Failure };

function checked(method: MethodName, result: Answer): Result<unknown> {
  if (!result.ok) return result;
  const parsed = v.safeParse(methods[method].output, result.value);
  if (parsed.success) return { ok: true, value: parsed.output };
  return fail(
    'unexpected',
    `The answer to ${method} was not of the agreed shape (${v.getDotPath(parsed.issues[0]) ?? 'as a whole'}).`,
    'The screen and the program may be of different versions: reload this page.',
  );
}

const lost: Failure = {
  code: 'network_unreachable',
  message: 'The connection to Latchkey was lost before it answered.',
  hint: 'Check that Latchkey still runs; this screen connects again by itself.',
};

const cancelled: Failure = {
  code: 'cancelled',
  message: 'It was cancelled.',
  hint: 'Start it again when you are ready.',
};
