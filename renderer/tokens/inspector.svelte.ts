import type { Bridge, Input, Output } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';

export type Source = Input<'tokens.inspect'>['source'];
export type CheckWith = Omit<Input<'tokens.inspect'>, 'source'>;
export type Inspected = Output<'tokens.inspect'>;
export type Compared = Output<'tokens.compare'>;

/** What the inspector looks at and what came of it. Lives as long as the view; nothing of it is kept anywhere. */
export class Inspector {
  readonly #bridge: Bridge;
  #asked = 0;
  source = $state.raw<Source | null>(null);
  /** The first of two tokens, while the second is being chosen. */
  first = $state.raw<Source | null>(null);
  check = $state.raw<CheckWith>({});
  result = $state.raw<Inspected | null>(null);
  /** What the result or the comparison is of, its second token; null where there is neither. */
  of = $state.raw<Source | null>(null);
  comparison = $state.raw<Compared | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** Looks at a token, or compares it with the first where one is waiting. */
  async look(source: Source): Promise<void> {
    this.source = source;
    if (this.first !== null) await this.#compare(this.first, source);
    else await this.#inspect(source);
  }

  /** The same once more: time has gone by, or what to check against is different. */
  async again(): Promise<void> {
    if (this.source !== null && this.comparison === null && this.first === null)
      await this.#inspect(this.source);
  }

  beginComparison(): void {
    this.first = this.source;
    this.source = null;
    this.comparison = null;
  }

  endComparison(): void {
    const back = this.first;
    this.first = null;
    this.comparison = null;
    this.failure = null;
    if (back !== null) void this.look(back);
  }

  async renewAndCompare(connection: string): Promise<void> {
    await this.#ask(async () => {
      const answer = await this.#bridge.call('tokens.compareRenewed', { connection });
      return () => {
        if (answer.ok) this.#show({ comparison: answer.value, of: this.source });
        else this.failure = answer.error;
      };
    });
  }

  /** Forgets everything. */
  clear(): void {
    this.#asked += 1;
    this.source = null;
    this.first = null;
    this.#show({});
    this.failure = null;
    this.busy = false;
  }

  async #inspect(source: Source): Promise<void> {
    await this.#ask(async () => {
      const answer = await this.#bridge.call('tokens.inspect', { source, ...this.check });
      return () => {
        if (answer.ok) this.#show({ result: answer.value, of: source });
        else this.#show({});
        this.failure = answer.ok ? null : answer.error;
      };
    });
  }

  async #compare(before: Source, after: Source): Promise<void> {
    await this.#ask(async () => {
      const answer = await this.#bridge.call('tokens.compare', { before, after, ...this.check });
      return () => {
        if (answer.ok) this.#show({ comparison: answer.value, of: after });
        this.failure = answer.ok ? null : answer.error;
      };
    });
  }

  #show({
    result = null,
    comparison = null,
    of = null,
  }: {
    result?: Inspected | null;
    comparison?: Compared | null;
    of?: Source | null;
  }): void {
    this.result = result;
    this.comparison = comparison;
    this.of = of;
  }

  /** Only the newest question is answered on the screen. */
  async #ask(work: () => Promise<() => void>): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.busy = true;
    this.failure = null;
    const show = await work();
    if (asked !== this.#asked) return;
    show();
    this.busy = false;
  }
}
