import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../api/client';

export type Status = Schemas['NodeStatus'];

export const statusQuery = queryOptions({ queryKey: ['node', 'status'], queryFn: () => body(api.GET('/node/status')) });

/** Starts the audit; the job is then followed by useJob. */
export function useStartAudit() {
  return useMutation({ mutationFn: () => body(api.POST('/node/audit')) });
}

export function useJob(id: string | undefined) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['jobs', id],
    enabled: Boolean(id),
    queryFn: async () => {
      const job = await body(api.GET('/jobs/{job}', { params: { path: { job: id! } } }));
      if (job.state === 'done' || job.state === 'failed') void client.invalidateQueries({ queryKey: ['node', 'status'] });
      return job;
    },
    refetchInterval: ({ state }) => (state.data && (state.data.state === 'done' || state.data.state === 'failed') ? false : 500),
  });
}

/** The identity key as a file; the node has forgotten it once this answers. */
export function useTakeOffIdentity() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (passphrase: string) => {
      const { data } = await api.POST('/node/identity/export', { body: { passphrase }, parseAs: 'blob' });
      return data as unknown as Blob;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['node'] }),
  });
}
