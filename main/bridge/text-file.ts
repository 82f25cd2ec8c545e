import type { ReadyExport } from '../console/export-lists.ts';
import { ok } from '../../preload/errors.ts';

/** A text that is here as a whole, to be handed to the person like any other export. `rows`: how many entries it has. */
export function textFile(file: Pick<ReadyExport, 'fileName' | 'format' | 'rows'>, text: string): ReadyExport {
  return {
    ...file,
    async *content() {
      yield await Promise.resolve(ok(new TextEncoder().encode(text)));
    },
  };
}
