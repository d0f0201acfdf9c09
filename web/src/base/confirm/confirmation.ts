// Acts of legal weight. The node prepares the exact bytes; this page checks that the challenge is the hash of those
// bytes and of nothing else, lets the passkey sign it, and hands the signature back.
import { api, body, type Schemas } from '../../api/client';
import { answerWithPasskey } from '../passkey';

export type Prepared = Schemas['Confirm']['confirm'];

/** The node asked the passkey to sign something else than the act that it shows. */
export class WrongChallenge extends Error {}

export function decode(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function encode(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** challenge = SHA-256("comity/act/v1" || 0x00 || act bytes) */
async function challengeOf(act: Uint8Array<ArrayBuffer>): Promise<string> {
  const domain = new TextEncoder().encode('comity/act/v1\0');
  const whole = new Uint8Array(domain.length + act.length);
  whole.set(domain);
  whole.set(act, domain.length);
  return encode(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)));
}

/** Lets the person confirm @prepared. Answers what the first request promised. */
export async function confirmAct(prepared: Prepared): Promise<unknown> {
  const expected = await challengeOf(decode(prepared.act));
  if (expected !== prepared.challenge) throw new WrongChallenge();
  const { user_handle: _, ...assertion } = await answerWithPasskey({
    challenge: prepared.challenge,
    rp_id: prepared.rp_id,
    credentials: prepared.credentials,
  });
  return body(api.PUT('/confirmations/{confirmation}', { params: { path: { confirmation: prepared.id } }, body: assertion }));
}

/** Nothing was done, and the node may forget the bytes. */
export function dropPrepared(prepared: Prepared): void {
  void api.DELETE('/confirmations/{confirmation}', { params: { path: { confirmation: prepared.id } } }).catch(() => {});
}
