// The number that the next exhibit of this authority will have, as far as anybody can tell before it is made.
import { useQuery } from '@tanstack/react-query';
import { api, body } from '../../../api/client';
import { useMe } from '../../../base/session';
import { useCase } from '../../../base/space';

/** @ahead: 0 for the next, 1 for the one after. undefined where this authority is no party of the case. */
export function useNextNumber(): ((ahead: number) => string) | undefined {
  const { node } = useMe();
  const { id: space, parties } = useCase();
  const { data } = useQuery({
    queryKey: ['spaces', space, 'evidence', 'last'],
    queryFn: () => body(api.GET('/spaces/{space}/evidence', { params: { path: { space }, query: { sort: '-number', limit: 50 } } })),
  });
  const letter = parties.find((party) => party.node === node.name)?.letter;
  if (!letter || !data) return undefined;
  const last = data.items.find(({ number }) => number.startsWith(`${letter}-`))?.number.split('-')[1] ?? '0';
  return (ahead) => `${letter}-${String(Number(last) + 1 + ahead).padStart(4, '0')}`;
}
