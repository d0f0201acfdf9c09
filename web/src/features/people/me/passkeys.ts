import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, body } from '../../../api/client';
import { deviceLabel, makePasskey } from '../../../base/passkey';

export const passkeysQuery = queryOptions({
  queryKey: ['me', 'passkeys'],
  queryFn: () => body(api.GET('/me/passkeys')),
});

/** Makes one more passkey for whoever is signed in. */
export function useAddPasskey() {
  const client = useQueryClient();
  return useMutation({
    async mutationFn(label: string | undefined) {
      const { id, ...options } = await body(api.POST('/me/passkeys/options'));
      const passkey = await makePasskey(options);
      return body(api.POST('/me/passkeys', { body: { challenge_id: id, label: label || deviceLabel(), ...passkey } }));
    },
    onSuccess: () => client.invalidateQueries({ queryKey: passkeysQuery.queryKey }),
  });
}
