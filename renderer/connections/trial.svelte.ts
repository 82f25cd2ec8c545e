import { onDestroy } from 'svelte';
import type { Bridge, ConnectionInfo, Output, ProviderInfo } from '../../preload/contract.ts';
import type { Failure } from '../../preload/errors.ts';
import { inOneLine } from '../format/failure.ts';
import { t } from '../messages/text.ts';
import { complain, settle } from '../state/notices.svelte.ts';
import {
  type Draft,
  type FieldErrors,
  type FieldName,
  changesOf,
  fieldOf,
  inputOf,
  missing,
} from './draft.ts';

/** Testing and saving what was typed, and what came back. */
export interface Trial {
  readonly busy: 'testing' | 'saving' | null;
  /** How far the test is; null before anything was tried. */
  readonly tested: { readonly done: number; readonly of: number } | null;
  /** Errors that stand at the field which caused them. */
  readonly errors: FieldErrors;
  /** A failure that no field caused. */
  readonly failure: Failure | null;
  /** The steps of the last test; null where none was made since the last change of mind. */
  readonly steps: Output<'connections.test'> | null;
  /** What stands there now was tested, and did not pass. */
  readonly failed: boolean;
  readonly test: (draft: Draft, provider: ProviderInfo) => Promise<void>;
  /** Null where it could not be saved; nothing was saved then. */
  readonly save: (draft: Draft, provider: ProviderInfo) => Promise<ConnectionInfo | null>;
  /** Saves by a sign-in with what was typed; false where it was not let in, or cancelled: nothing was saved then. */
  readonly saveSignedIn: (
    draft: Draft,
    provider: ProviderInfo,
    signIn: (changes: ReturnType<typeof changesOf>) => Promise<Failure | null>,
  ) => Promise<boolean>;
  /** The field was edited: its error is no longer known to be true, and a test under way is of what stood there before. */
  readonly edited: (field: FieldName) => void;
  readonly forget: () => void;
}

export function createTrial(bridge: Bridge, changing: ConnectionInfo | undefined): Trial {
  let busy = $state<Trial['busy']>(null);
  let tested = $state.raw<Trial['tested']>(null);
  let errors = $state.raw<FieldErrors>({});
  let failure = $state.raw<Failure | null>(null);
  let steps = $state.raw<Trial['steps']>(null);

  let failed = $state(false);

  const closed = new AbortController();
  onDestroy(() => closed.abort());
  let testing: AbortController | null = null;

  /** Ends the test under way; nobody waits for what it finds. */
  function stopTest(): void {
    if (testing === null) return;
    testing.abort();
    testing = null;
    busy = null;
  }

  function refuse(error: Failure, draft: Draft): void {
    // The sheet is closed: what it began has failed all the same.
    if (closed.signal.aborted) {
      complain(t('connection.notSaved', { name: draft.name }), error);
      return;
    }
    const field = fieldOf(error, draft);
    if (field === null) failure = error;
    else errors = { ...errors, [field]: inOneLine(error) };
  }

  function complete(draft: Draft, provider: ProviderInfo): boolean {
    failure = null;
    errors = missing(draft, changing !== undefined, provider);
    return Object.keys(errors).length === 0;
  }

  return {
    get busy() {
      return busy;
    },
    get tested() {
      return tested;
    },
    get errors() {
      return errors;
    },
    get failure() {
      return failure;
    },
    get steps() {
      return steps;
    },
    get failed() {
      return failed;
    },
    async test(draft, provider) {
      steps = null;
      failed = false;
      if (!complete(draft, provider)) return;
      busy = 'testing';
      tested = null;
      testing = new AbortController();
      const signal = AbortSignal.any([testing.signal, closed.signal]);
      const answer = await bridge.call('connections.test', inputOf(draft), {
        signal,
        progress: (said) => {
          if (said.kind === 'steps') tested = said;
        },
      });
      if (signal.aborted) return;
      testing = null;
      busy = null;
      if (!answer.ok) {
        refuse(answer.error, draft);
        return;
      }
      steps = answer.value;
      failed = answer.value.some(({ ok }) => !ok);
      for (const step of answer.value) {
        const field = step.failure === null ? null : fieldOf(step.failure, draft);
        if (step.failure !== null && field !== null) errors = { ...errors, [field]: inOneLine(step.failure) };
      }
    },
    async save(draft, provider) {
      if (!complete(draft, provider)) return null;
      busy = 'saving';
      const answer =
        changing === undefined
          ? await bridge.call('connections.add', inputOf(draft))
          : await bridge.call('connections.change', { id: changing.id, ...changesOf(draft, changing) });
      busy = null;
      if (answer.ok) {
        if (changing !== undefined) settle(changing.id);
        return answer.value;
      }
      refuse(answer.error, draft);
      return null;
    },
    async saveSignedIn(draft, provider, signIn) {
      if (!complete(draft, provider)) return false;
      busy = 'saving';
      const refused = await signIn(changesOf(draft, changing));
      busy = null;
      if (refused !== null && refused.code !== 'cancelled') refuse(refused, draft);
      return refused === null;
    },
    edited(field) {
      stopTest();
      failed = false;
      errors = Object.fromEntries(Object.entries(errors).filter(([name]) => name !== field));
    },
    forget() {
      stopTest();
      errors = {};
      failure = null;
      steps = null;
      failed = false;
    },
  };
}
