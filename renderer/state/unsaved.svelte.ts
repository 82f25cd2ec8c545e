import { onDestroy } from 'svelte';

/** Whether what was typed and is kept nowhere may be dropped; what it is nobody is told here. */
interface Question {
  readonly leave: () => void;
  readonly stay: () => void;
}

let question = $state.raw<Question | null>(null);

/** True while a person is asked. */
export function isAsking(): boolean {
  return question !== null;
}

/** Leaves at once where nothing was typed; else when the person agrees to drop it. */
export function leaveTyped(typed: boolean, leave: () => void, stay: () => void = () => undefined): void {
  if (typed) question = { leave, stay };
  else leave();
}

/** The person's answer. */
export function answerTyped(leaves: boolean): void {
  const asked = question;
  question = null;
  if (leaves) asked?.leave();
  else asked?.stay();
}

interface Holder {
  readonly typed: () => boolean;
  readonly drop: () => void;
}
let holders: readonly Holder[] = [];

/**
 * Another address is not shown without asking while something is typed here. To be called while a component starts.
 * @param typed whether there is something that leaving would drop
 * @param drop what else leaving does
 */
export function holdTyped(typed: () => boolean, drop: () => void = () => undefined): void {
  const holder = { typed, drop };
  holders = [...holders, holder];
  onDestroy(() => void (holders = holders.filter((other) => other !== holder)));
}

/** Whether something typed would go with what is shown. */
export function holdsTyped(): boolean {
  return holders.some(({ typed }) => typed());
}

/** Lets it go, as the person agreed to. */
export function dropTyped(): void {
  for (const { drop } of holders) drop();
}
