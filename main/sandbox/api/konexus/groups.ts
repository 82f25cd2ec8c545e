import type { Reply } from '../../contract.ts';
import type { KonexusGroup, KonexusWorld } from '../../data/konexus.ts';
import { wholeNumber } from '../body.ts';
import { envelope, failedEnvelope } from './envelope.ts';
import { v2Error } from './errors.ts';

/**
 * `GET /v2.1/groups/tree?groupId&classification&page&pageSize`: the nodes below a group, or all of them, parents first
 * (vendor-apis 3.2). An unknown group is a failure inside a 200 envelope.
 */
export function groupTree(world: KonexusWorld, query: URLSearchParams): Reply {
  const page = wholeNumber(query.get('page') ?? '1') ?? 0;
  const pageSize = wholeNumber(query.get('pageSize') ?? '25') ?? 0;
  if (page < 1 || pageSize < 1) return v2Error(400, 'page and pageSize must be whole numbers from 1.');
  const rootText = query.get('groupId');
  const root = rootText === null ? null : world.groups.find((group) => String(group.id) === rootText);
  if (root === undefined) return { status: 200, json: failedEnvelope('NotFound', 'Group not found.') };

  const kept = new Set<number>(root === null ? [] : [root.id]);
  const classification = query.get('classification')?.toLowerCase();
  const nodes = world.groups.filter((group) => {
    const below =
      root === null || kept.has(group.id) || (group.parentId !== null && kept.has(group.parentId));
    if (below) kept.add(group.id);
    return below && (classification === undefined || group.classification.toLowerCase() === classification);
  });
  const counts = memberCounts(world);
  const items = nodes
    .slice((page - 1) * pageSize, page * pageSize)
    .map((group) => node(world, group, counts));
  return { status: 200, json: envelope(items, { total: nodes.length, page, pageSize }) };
}

function memberCounts({ members }: KonexusWorld): Map<number | null, number> {
  const counts = new Map<number | null, number>();
  for (let at = 0; at < members.count(); at += 1) {
    const { groupId } = members.at(at);
    counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
  }
  return counts;
}

function node(
  { groups }: KonexusWorld,
  group: KonexusGroup,
  counts: ReadonlyMap<number | null, number>,
): object {
  const path = [group.name];
  for (let up = group.parentId; up !== null;) {
    const parent = groups.find(({ id }) => id === up);
    path.unshift(parent?.name ?? '');
    up = parent?.parentId ?? null;
  }
  return {
    id: group.id,
    parentId: group.parentId,
    name: group.name,
    isLink: false,
    externalId: null,
    classification: group.classification,
    childGroupCount: groups.filter(({ parentId }) => parentId === group.id).length,
    memberCount: counts.get(group.id) ?? 0,
    showOnPublicSignUp: group.classification === 'Public',
    defaultPublicGroup: false,
    description: '',
    addedOn: '2023-04-11T07:30:00Z',
    path: path.join(' / '),
  };
}
