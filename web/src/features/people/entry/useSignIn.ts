import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api, body } from '../../../api/client';
import { answerWithPasskey } from '../../../base/passkey';
import { sessionQuery } from '../../../base/session';

/** Signs in and goes where the person was going. */
export function useSignIn() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { next } = useSearch({ strict: false });
  return useMutation({
    async mutationFn({ elsewhere }: { elsewhere: boolean }) {
      const { id, ...challenge } = await body(api.POST('/sign-in/challenge'));
      const assertion = await answerWithPasskey({ ...challenge, elsewhere });
      return body(api.POST('/sign-in', { body: { challenge_id: id, ...assertion } }));
    },
    async onSuccess(me) {
      client.setQueryData(sessionQuery.queryKey, me);
      await navigate({ href: next ?? '/', replace: true });
    },
  });
}
