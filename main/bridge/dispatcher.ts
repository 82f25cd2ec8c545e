import * as v from 'valibot';
import {
  type EventName,
  type EventPayload,
  type Input,
  type MethodName,
  type Output,
  type Progress,
  type ScreenMessage,
  events,
  failureSchema,
  methods,
  progressSchema,
  requestMessage,
} from '../../preload/contract.ts';
import { type Failure, type Result, fail } from '../../preload/errors.ts';
import { connectionFieldOf, fieldOf } from './field.ts';
import { callSite, kindOfError, unexpected } from './unexpected.ts';

/** What a handler has besides its input. */
export interface Call {
  /** Aborts when the person cancels, or when the screen that asked is gone. */
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export type Handler<M extends MethodName> = (input: Input<M>, call: Call) => Promise<Result<Output<M>>>;

type AnyHandler = (input: unknown, call: Call) => Promise<Result<unknown>>;

/** The dispatcher answers `requests.cancel` itself. */
export type Handlers = { readonly [M in Exclude<MethodName, 'requests.cancel'>]: Handler<M> };

/** One screen: a browser tab, or the desktop's window. */
export interface Screen {
  /**
   * Takes one message from the screen and answers it by `send`. False where it has no number to be answered under, or
   * one that is under way already: whoever sends such things does not speak this bridge, and the door may hang up.
   */
  receive(raw: unknown): boolean;
  /** Ends what this screen asked for and still waits for. Nothing is sent to it any more. */
  close(): void;
}

export interface Dispatcher {
  connect(send: (message: ScreenMessage) => void): Screen;
  /** Tells all screens. */
  emit<E extends EventName>(event: E, payload: EventPayload<E>): void;
  /** How many requests for this method are under way, of all screens. */
  underWay(method: MethodName): number;
  /** Cancels every request that is under way but for this method, and resolves when they have ended. */
  cancelAllBut(method: MethodName): Promise<void>;
}

export interface DispatcherOptions {
  /** Runs each request; the place for what holds during one request. */
  readonly around?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Why nothing is done for this method now; null = nothing stands against it. */
  readonly refusal?: (method: MethodName) => Failure | null;
  /** One line for the person who runs the door: what went wrong in the program, never with a value in it. */
  readonly note?: (line: string) => void;
}

/** Requests of one screen at the same time; a screen that works as it should stays far below. */
export const maxUnderWay = 64;

/**
 * Answers the messages of screens by `handlers`. What comes in is validated before a handler sees it, what goes out
 * before a screen does: input of the wrong shape is `input_invalid` and names the field, an answer of the wrong shape
 * and any exception are `unexpected` and say nothing of the value, since both could hold a secret.
 */
export function createDispatcher(handlers: Handlers, options: DispatcherOptions = {}): Dispatcher {
  const note = options.note ?? ((): void => undefined);
  const around = options.around ?? (<T>(work: () => Promise<T>): Promise<T> => work());
  const refusal = options.refusal ?? ((): null => null);
  const screens = new Set<(message: ScreenMessage) => void>();
  const requests = new Set<UnderWay>();

  async function handle(method: MethodName, input: unknown, call: Call): Promise<Result<unknown>> {
    if (method === 'requests.cancel') return unexpected(method);
    const refused = refusal(method);
    if (refused !== null) return { ok: false, error: refused };
    const handler = handlers[method] as unknown as AnyHandler;
    try {
      const result = await around(() => handler(input, call));
      return checkAnswer(method, result, note);
    } catch (error) {
      note(`${method} failed: ${kindOfError(error)} ${callSite(error)}`);
      return unexpected(kindOfError(error));
    }
  }

  return {
    connect(send) {
      const underWay = new Map<number, AbortController>();
      let open = true;
      const tell = (message: ScreenMessage): void => {
        if (open) send(message);
      };
      screens.add(tell);
      const answer = (request: number, result: Result<unknown>): void =>
        tell({ type: 'answer', request, result });

      function receive(raw: unknown): boolean {
        if (!open) return true;
        const request = requestNumber(raw);
        if (request === null || underWay.has(request)) return false;
        const envelope = v.safeParse(requestMessage, raw);
        if (!envelope.success) {
          answer(request, badRequest(fieldOf(envelope.issues[0])));
          return true;
        }
        const { method } = envelope.output;
        const input = v.safeParse(methods[method].input, envelope.output.input);
        if (!input.success) {
          answer(request, badInput(method, input.issues[0]));
          return true;
        }
        if (method === 'requests.cancel') {
          underWay.get((input.output as Input<'requests.cancel'>).request)?.abort(cancelled());
          answer(request, { ok: true, value: {} });
          return true;
        }
        if (underWay.size >= maxUnderWay) {
          answer(request, tooMany);
          return true;
        }
        const controller = new AbortController();
        underWay.set(request, controller);
        const progress = (said: Progress): void => {
          if (!underWay.has(request)) return;
          const checked = v.safeParse(progressSchema, said);
          if (checked.success) tell({ type: 'progress', request, progress: checked.output });
          else note(`${method} reports progress of a wrong shape at ${fieldOf(checked.issues[0])}`);
        };
        const ended = handle(method, input.output, { signal: controller.signal, progress }).then((result) => {
          underWay.delete(request);
          requests.delete(entry);
          answer(request, result);
        });
        const entry: UnderWay = { method, controller, ended };
        requests.add(entry);
        return true;
      }

      return {
        receive,
        close() {
          open = false;
          screens.delete(tell);
          for (const controller of underWay.values()) controller.abort(cancelled());
        },
      };
    },

    emit(event, payload) {
      const checked = v.safeParse(events[event], payload);
      if (!checked.success) {
        note(`The event ${event} has a wrong shape at ${fieldOf(checked.issues[0])}`);
        return;
      }
      for (const send of screens) send({ type: 'event', event, payload: checked.output });
    },

    underWay: (method) => [...requests].filter((request) => request.method === method).length,

    async cancelAllBut(method) {
      const others = [...requests].filter((request) => request.method !== method);
      for (const { controller } of others) controller.abort(cancelled());
      await Promise.all(others.map(({ ended }) => ended));
    },
  };
}

interface UnderWay {
  readonly method: MethodName;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** The reason of an abort; services turn it into `cancelled`. */
function cancelled(): DOMException {
  return new DOMException('Cancelled.', 'AbortError');
}

const numberOnly = v.looseObject({ request: requestMessage.entries.request });

function requestNumber(raw: unknown): number | null {
  const parsed = v.safeParse(numberOnly, raw);
  return parsed.success ? parsed.output.request : null;
}

function checkAnswer(
  method: MethodName,
  result: Result<unknown>,
  note: (line: string) => void,
): Result<unknown> {
  if (result.ok) {
    const checked = v.safeParse(methods[method].output, result.value);
    if (checked.success) return { ok: true, value: checked.output };
    note(`${method} answers with a wrong shape at ${fieldOf(checked.issues[0])}`);
    return unexpected(`the answer to ${method}`);
  }
  const { code, message, hint, field } = result.error;
  const checked = v.safeParse(failureSchema, { code, message, hint, ...(field && { field }) });
  if (checked.success) return { ok: false, error: checked.output };
  note(`${method} fails with a wrong shape at ${fieldOf(checked.issues[0])}`);
  return unexpected(`the failure of ${method}`);
}

function badRequest(field: string): Result<never> {
  return fail(
    'input_invalid',
    `The request is not of the agreed shape: ${field}.`,
    'The screen and the program may be of different versions: reload the page.',
  );
}

function badInput(method: MethodName, issue: v.BaseIssue<unknown>): Result<never> {
  return fail(
    'input_invalid',
    `${method} was asked for with something that does not fit: ${fieldOf(issue)}.`,
    'Correct it and try again; nothing was changed.',
    connectionFieldOf(issue),
  );
}

const tooMany = fail(
  'rate_limited',
  `This screen has ${maxUnderWay} requests under way already.`,
  'Wait until some of them have ended, or reload the page.',
);
