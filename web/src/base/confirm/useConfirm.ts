// Prepare, sign, done: the state behind a confirming dialog. What is prepared counts for the form as it was then; a
// changed form (another @about) prepares anew. A complete form is prepared as soon as nobody types any more, so that its check
// words stand there before anybody confirms.
// 1. Only what is shown is signed: confirming never prepares.
// 2. What the node refused, or what would soon run out, is let go and prepared anew; it is shown, and the person presses again.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Problem } from '../../api/problem';
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

interface Held {
  about: string;
  coming: Promise<Prepared>;
  /** Milliseconds, both by the clock of this browser, which may be wrong: what just came is fresh whatever the clock says. */
  came?: number;
  expires?: number;
}

const pause = 500;
const enough = 60_000;

function isFresh({ came = Infinity, expires = Infinity }: Held): boolean {
  const now = Date.now();
  return expires > now + enough || now < came + enough;
}


export function useConfirm<Result>({ prepare, about, ready, onDone }: Options<Result>) {
  const held = useRef<Held | null>(null);
  const letGo = () => {
    held.current?.coming.then(dropPrepared, () => undefined);
    held.current = null;
  };
  const get = (): Promise<Prepared> => {
    if (held.current?.about === about && isFresh(held.current)) return held.current.coming;
    letGo();
    const mine: Held = { about, coming: prepare().then(({ confirm }) => confirm) };
    mine.coming.then(
      ({ expires }) => Object.assign(mine, { came: Date.now(), expires: new Date(expires).getTime() }),
      () => held.current === mine && (held.current = null), // the next try asks again
    );
    held.current = mine;
    return mine.coming;
  };
  useEffect(() => letGo, []);
  const prepared = useMutation({ mutationFn: async () => ({ about, act: await get() }) });
  const { mutate: prepareNow } = prepared;
  const confirm = useMutation({
    mutationFn: async (act: Prepared) => {
      if (!held.current || !isFresh(held.current)) throw new Problem({ status: 410 });
      return (await confirmAct(act)) as Result;
    },
    onSuccess(result) {
      held.current = null;
      onDone(result);
    },
    onError(error) {
      // Where only the passkey was silent, the act stands, and its words. A dialog that was left holds nothing.
      if (error instanceof PasskeyRefusal || !held.current) return;
      letGo();
      prepareNow();
    },
  });
  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => prepareNow(), pause);
    return () => clearTimeout(timer);
  }, [ready, about, prepareNow]);
  const shown = ready && prepared.data?.about === about ? prepared.data.act : undefined;
  return { confirm, preparing: prepared.error, prepareNow, shown };
}
