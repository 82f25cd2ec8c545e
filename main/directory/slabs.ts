import { giveBack } from './give-back.ts';
import type { Page } from './pages.ts';

/** A page's text while it waits: cells, line break, records. */
export interface Slice {
  readonly bytes: Buffer;
  /** The bytes are not to be read afterwards. */
  readonly release: () => void;
}

/**
 * Above the largest size that glibc serves from its heap (32 MiB): such a block is the system's again as soon as it is
 * let go. Pages in blocks of their own, made on one thread and let go on another between what stays, leave holes that
 * are never given back: they were a quarter of a large directory.
 */
const slabBytes = 33 * 1024 * 1024;

interface Slab {
  bytes: Buffer;
  end: number;
  kept: number;
}

/** Memory for pages that wait to be compressed, a few large blocks of it. */
export function createSlabs(): { keep(page: Page): Slice } {
  let current: Slab | null = null;

  function letGo(slab: Slab): void {
    if (slab.kept > 0) return;
    if (slab === current) current = null;
    giveBack(slab.bytes);
  }

  function slabFor(most: number): Slab {
    if (current && current.bytes.length - current.end >= most) return current;
    current = { bytes: Buffer.allocUnsafeSlow(Math.max(slabBytes, most)), end: 0, kept: 0 };
    return current;
  }

  return {
    keep({ cells, raw }) {
      const most = 3 * cells.length + 1 + (typeof raw === 'string' ? 3 * raw.length : raw.length);
      const slab = slabFor(most);
      const start = slab.end;
      let end = start + slab.bytes.write(`${cells}\n`, start);
      if (typeof raw === 'string') end += slab.bytes.write(raw, end);
      else {
        slab.bytes.set(raw, end);
        end += raw.length;
        giveBack(raw);
      }
      slab.end = end;
      slab.kept += 1;
      return {
        bytes: slab.bytes.subarray(start, end),
        release() {
          slab.kept -= 1;
          letGo(slab);
        },
      };
    },
  };
}
