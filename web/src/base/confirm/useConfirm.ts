// Prepare, sign, done: the state behind a confirming dialog. What is prepared counts for the form as it was then; a
// changed form (another @about) prepares anew.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { confirmAct, dropPrepared, type Prepared } from './confirmation';

interface Options<Result> {
  /** The request that is answered 202 with what is to be confirmed. */
  prepare: () => Promise<{ confirm: Prepared }>;
  /** Stands for the values of the form. */
  about: string;
  onDone: (result: Result) => void;
}

export function useConfirm<Result>({ prepare, about, onDone }: Options<Result>) {
  const held = useRef<{ about: string; prepared: Prepared } | null>(null);
  const letGo = () => {
    if (held.current) dropPrepared(held.current.prepared);
    held.current = null;
  };
  const get = async (): Promise<Prepared> => {
    const fresh = held.current && new Date(held.current.prepared.expires).getTime() > Date.now() + 60_000;
    if (held.current && fresh && held.current.about === about) return held.current.prepared;
    letGo();
    const prepared = (await prepare()).confirm;
    held.current = { about, prepared };
    return prepared;
  };
  useEffect(() => letGo, []);
  const bytes = useMutation({ mutationFn: get });
  const confirm = useMutation({
    mutationFn: async () => (await confirmAct(await get())) as Result,
    onSuccess(result) {
      held.current = null;
      onDone(result);
    },
  });
  const shown = bytes.data && held.current?.about === about ? bytes.data : undefined;
  return { confirm, bytes, shown };
}
