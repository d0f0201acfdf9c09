// Prepare, sign, done: the state behind a confirming dialog. What is prepared counts for the form as it was then; a
// changed form (another @about) prepares anew. A complete form is prepared as soon as nobody types any more, so that its check
// words stand there before anybody confirms.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { PasskeyRefusal } from '../passkey';
import { confirmAct, dropPrepared, type Prepared } from './confirmation';

interface Options<Result> {
  /** The request that is answered 202 with what is to be confirmed. */
  prepare: () => Promise<{ confirm: Prepared }>;
  /** Stands for the values of the form. */
  about: string;
  /** The form is complete. */
  ready: boolean;
  onDone: (result: Result) => void;
}

const pause = 500;

export function useConfirm<Result>({ prepare, about, ready, onDone }: Options<Result>) {
  const held = useRef<{ about: string; coming: Promise<Prepared>; expires?: number } | null>(null);
  const letGo = () => {
    held.current?.coming.then(dropPrepared, () => undefined);
    held.current = null;
  };
  const get = (): Promise<Prepared> => {
    const fresh = (held.current?.expires ?? Infinity) > Date.now() + 60_000;
    if (held.current?.about === about && fresh) return held.current.coming;
    letGo();
    const mine: NonNullable<typeof held.current> = { about, coming: prepare().then(({ confirm }) => confirm) };
    mine.coming.then(
      ({ expires }) => (mine.expires = new Date(expires).getTime()),
      () => held.current === mine && (held.current = null), // the next try asks again
    );
    held.current = mine;
    return mine.coming;
  };
  useEffect(() => letGo, []);
  const prepared = useMutation({ mutationFn: async () => ({ about, act: await get() }) });
  const { mutate: prepareNow } = prepared;
  const confirm = useMutation({
    mutationFn: async () => {
      const act = await get();
      try {
        return (await confirmAct(act)) as Result;
      } catch (error) {
        // The node refused it: it is not asked for again as it is. Where only the passkey was silent, the act stands, and its words.
        if (!(error instanceof PasskeyRefusal)) letGo();
        throw error;
      }
    },
    onSuccess(result) {
      held.current = null;
      onDone(result);
    },
  });
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => prepareNow(), pause);
    return () => clearTimeout(timer);
  }, [ready, about, prepareNow]);
  const shown = ready && prepared.data?.about === about ? prepared.data.act : undefined;
  return { confirm, preparing: prepared.error, shown };
}
