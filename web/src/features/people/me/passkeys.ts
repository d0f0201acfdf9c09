import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body, type Schemas } from '../../../api/client';
import { deviceLabel, makePasskey } from '../../../base/passkey';

export type Passkey = Schemas['Passkey'];

export const passkeysQuery = queryOptions({
  queryKey: ['me', 'passkeys'],
  queryFn: () => body(api.GET('/me/passkeys')),
});

function usePasskeyMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries({ queryKey: passkeysQuery.queryKey }) });
}

/** Makes one more passkey for whoever is signed in. */
export function useAddPasskey() {
  return usePasskeyMutation(async (label: string | undefined) => {
    const { id, ...options } = await body(api.POST('/me/passkeys/options'));
    const passkey = await makePasskey(options);
    return body(api.POST('/me/passkeys', { body: { challenge_id: id, label: label || deviceLabel(), ...passkey } }));
  });
}

export function useLabelPasskey() {
  return usePasskeyMutation(({ passkey, label }: { passkey: string; label: string }) =>
    api.PATCH('/me/passkeys/{passkey}', { params: { path: { passkey } }, body: { label } }),
  );
}

export function useRemovePasskey() {
  return usePasskeyMutation((passkey: string) => api.DELETE('/me/passkeys/{passkey}', { params: { path: { passkey } } }));
}
