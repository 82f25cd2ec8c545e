import { InvalidArgumentError } from 'commander';

/** Reads an option's value as a whole number in digits: no `0x10`, `1e3` or spaces, which people do not mean. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(number >= least && number <= most)) {
      throw new InvalidArgumentError(`A whole number from ${least} to ${most} is needed.`);
    }
    return number;
  };
}
