import type { Bridge, Input, MethodName, Output, Progress } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';

type Said = Extract<Progress, { kind: 'systemUser' }>;

/** One long request at a time, with how far it is and how to stop it. */
export class Job {
  /** Why the changes of that plan stopped before their end the last time; null where they did not. */
  stopped = $state.raw<{ readonly plan: string; readonly failure: Failure } | null>(null);
  progress = $state.raw<Said | null>(null);
  waitingUntil = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  running = $state<MethodName | null>(null);
  readonly #bridge: Bridge;
  #controller: AbortController | null = null;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** The answer, or null where it failed; then `failure` says why. Cancelling by the person is no failure. */
  async run<M extends MethodName>(method: M, input: Input<M>): Promise<Output<M> | null> {
    const controller = new AbortController();
    this.#controller = controller;
    this.running = method;
    this.progress = null;
    this.waitingUntil = null;
    this.failure = null;
    const answer = await this.#bridge.call(method, input, {
      signal: controller.signal,
      progress: (said) => {
        if (said.kind === 'systemUser') this.progress = said;
        if (said.kind === 'waiting') this.waitingUntil = said.until;
      },
    });
    if (this.#controller === controller) this.running = null;
    if (answer.ok) return answer.value;
    if (answer.error.code !== 'cancelled') this.failure = answer.error;
    return null;
  }

  stop(): void {
    this.#controller?.abort();
  }
}

const jobs = new WeakMap<Bridge, Job>();

/** The work on the plan: it goes on while another view is shown, and is found again on the way back. */
export function planJob(bridge: Bridge): Job {
  const job = jobs.get(bridge) ?? new Job(bridge);
  jobs.set(bridge, job);
  return job;
}
