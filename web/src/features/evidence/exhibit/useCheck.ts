// Reading and hashing the files again, and checking the proofs: a job of the node, asked for by whoever looks.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, body } from '../../../api/client';
import type { ExhibitCheck } from '../queries';

export interface Check {
  start: () => void;
  /** Asked for, and not yet answered. */
  running: boolean;
  progress: { done: number; total: number } | undefined;
  result: ExhibitCheck | undefined;
  /** When the answer came. */
  at: string | undefined;
  error: unknown;
}

export function useCheck(space: string, exhibit: string): Check {
  const asked = useMutation({
    mutationFn: () => body(api.POST('/spaces/{space}/evidence/{exhibit}/check', { params: { path: { space, exhibit } } })),
  });
  const id = asked.data?.id;
  const { data: job, error } = useQuery({
    queryKey: ['jobs', id],
    queryFn: () => body(api.GET('/jobs/{job}', { params: { path: { job: id! } } })),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.state === 'done' || state.data?.state === 'failed' ? false : 700),
  });
  const ended = job?.state === 'done' || job?.state === 'failed';
  return {
    start: () => asked.mutate(),
    running: asked.isPending || (id !== undefined && !ended && !error),
    progress: job?.progress,
    result: job?.state === 'done' ? (job.result as unknown as ExhibitCheck) : undefined,
    at: job?.finished ?? undefined,
    error: asked.error ?? error ?? (job?.state === 'failed' ? new Error(job.detail ?? '') : undefined),
  };
}
