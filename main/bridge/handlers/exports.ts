import type { Input } from '../../../preload/contract.ts';

import type { Connection } from '../../connections/connection.ts';
import type { ExportOf } from '../../console/export-lists.ts';
import type { Handlers } from '../dispatcher.ts';
import { inWords } from '../export-words.ts';
import { filterOf } from '../list-filters.ts';
import type { BridgeParts } from '../parts.ts';

type Asked = Input<'exports.start'>['of'];

/** Files of what a list shows; the door says where to. */
export function exportsHandlers({ console, deliver }: BridgeParts): Pick<Handlers, 'exports.start'> {
  return {
    'exports.start': async ({ of: asked, format, bom, partial }, call) => {
      const known = console.connections.list();
      if (!known.ok) return known;
      const lists = await console.lists();
      const states = await lists.states(known.value);
      if (!states.ok) return states;
      const request = {
        of: exportOf(asked, known.value, console.clock.now()),
        format,
        bom: bom ?? false,
        partial: partial ?? false,
        filter: inWords(asked, known.value, states.value),
      };
      const ready = await lists.prepareExport(known.value, request, call.signal);
      return ready.ok ? deliver(ready.value, call) : ready;
    },
  };
}

function exportOf(asked: Asked, known: readonly Connection[], now: number): ExportOf {
  switch (asked.what) {
    case 'comparison': {
      const { places, find, search } = asked;
      return { what: 'comparison', query: { places, find, ...(search !== undefined && { search }) } };
    }
    case 'users': {
      const { what, sort = 'displayName', descending = false, ...filter } = asked;
      return {
        what,
        query: { kind: 'users', filter: filterOf(filter, known, now), sort: { by: sort, descending } },
      };
    }
    case 'installations': {
      const { what, sort = 'name', descending = false, ...filter } = asked;
      return {
        what,
        query: {
          kind: 'installations',
          filter: filterOf(filter, known, now),
          sort: { by: sort, descending },
        },
      };
    }
  }
}
