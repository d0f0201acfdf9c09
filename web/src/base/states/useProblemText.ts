// What a problem means, in the reader's language. Features know their own codes and say them where they happen; what is
// here can happen anywhere. A problem without a known code shows the node's own sentence.
import { useLingui } from '@lingui/react/macro';
import { Problem } from '../../api/problem';
import { WrongChallenge } from '../confirm/confirmation';
import { PasskeyRefusal } from '../passkey';

export interface ProblemText {
  title: string;
  text: string;
}

export function useProblemText(error: unknown): ProblemText {
  const { t } = useLingui();
  if (error instanceof PasskeyRefusal) {
    const title = t`Your passkey did not answer`;
    const texts = {
      unanswered: t`Nothing was done. Try again, and follow what the device asks.`,
      known: t`This device has a passkey for you here already. Use that one, or take another device.`,
      address: t`Passkeys do not work at this address. Open the address that your authority gave you.`,
      unable: t`Nothing was done. This browser or device cannot use passkeys here; try another one.`,
    };
    return { title, text: texts[error.reason] };
  }
  if (error instanceof WrongChallenge) {
    return {
      title: t`This is not what your passkey would sign`,
      text: t`Nothing was done. The node asks for a signature over something else than it shows: tell your administrator at once.`,
    };
  }
  if (!(error instanceof Problem)) {
    return { title: t`This page stopped`, text: t`Nothing was lost. Load it again; if it stops again, tell whoever keeps the node.` };
  }
  if (error.code === 'network') {
    return { title: t`There is no line to the node`, text: t`Nothing was lost. Try again when the line is back.` };
  }
  if (error.code === 'restore.unconfirmed') {
    return {
      title: t`This node was restored from a backup`,
      text: t`What was done after that copy may be lost. No case from before is closed, opened again or sealed in until an administrator confirms that the node goes on without.`,
    };
  }
  switch (error.status) {
    case 403:
      return { title: t`You may not do this here`, text: t`Ask whoever leads the case, or your administrator.` };
    case 404:
      return { title: t`There is nothing here for you`, text: t`It is not there, or it is not for you. The link may be old.` };
    case 409:
    case 412:
      return { title: t`Somebody else was faster`, text: t`This was changed since you opened it. Load it again; what you typed stays.` };
    case 410:
      return { title: t`That has run out`, text: t`Nothing was done. Begin again.` };
    case 429:
      return { title: t`Too many tries`, text: t`Wait a minute, then try again.` };
    case 507:
      return { title: t`The disk of this node is full`, text: t`Nothing was lost. Reading goes on; taking in waits. Tell whoever keeps the node.` };
    default:
      return { title: error.details.title ?? t`That did not work`, text: error.details.detail ?? t`Nothing was lost. Try again; if it fails again, tell whoever keeps the node.` };
  }
}
