import { longestSearch } from '../../preload/contract.ts';

/** No more of a search than the core takes, and no half of a character. */
export function cutSearch(search: string): string {
  return search
    .trim()
    .slice(0, longestSearch)
    .replace(/[\ud800-\udbff]$/, '');
}
