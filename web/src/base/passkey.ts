// Passkeys: the one place that speaks to the authenticator. What comes out has the members that the API takes.
import { startAuthentication, startRegistration, WebAuthnError } from '@simplewebauthn/browser';
import type { Schemas } from '../api/client';

export interface Challenge {
  challenge: string;
  rp_id: string;
  timeout_ms?: number;
  /** The passkeys that count; none named: any that this authenticator holds for this address. */
  credentials?: readonly string[];
  /** The passkey is on a phone or another device: the browser offers that first. */
  elsewhere?: boolean;
}

export interface SignedAssertion {
  credential: string;
  authenticator_data: string;
  client_data: string;
  signature: string;
  user_handle: string | null;
}

/** Lets the person answer @asked with face, finger or PIN. Throws PasskeyRefusal. */
export async function answerWithPasskey(asked: Challenge): Promise<SignedAssertion> {
  try {
    const { id, response } = await startAuthentication({
      optionsJSON: {
        challenge: asked.challenge,
        rpId: asked.rp_id,
        userVerification: 'required',
        allowCredentials: (asked.credentials ?? []).map((credential) => ({ id: credential, type: 'public-key' })),
        ...(asked.timeout_ms ? { timeout: asked.timeout_ms } : {}),
        ...(asked.elsewhere ? { hints: ['hybrid', 'security-key'] } : {}),
      },
    });
    return {
      credential: id,
      authenticator_data: response.authenticatorData,
      client_data: response.clientDataJSON,
      signature: response.signature,
      user_handle: response.userHandle ?? null,
    };
  } catch (error) {
    throw refusal(error);
  }
}

export interface NewPasskey {
  client_data: string;
  attestation_object: string;
  transports: string[];
}

/** Makes a passkey; @options as the API gives them. Throws PasskeyRefusal. */
export async function makePasskey(options: Schemas['CreationOptions']): Promise<NewPasskey> {
  try {
    const { response } = await startRegistration({
      optionsJSON: options as Parameters<typeof startRegistration>[0]['optionsJSON'],
    });
    return {
      client_data: response.clientDataJSON,
      attestation_object: response.attestationObject,
      transports: response.transports ?? [],
    };
  } catch (error) {
    throw refusal(error);
  }
}

/** The authenticator gave nothing: nothing was done, and the person may try again. */
export class PasskeyRefusal extends Error {
  constructor(readonly reason: 'unanswered' | 'known' | 'address' | 'unable', cause: unknown) {
    super(reason, { cause });
    this.name = 'PasskeyRefusal';
  }
}

function refusal(error: unknown): PasskeyRefusal {
  const name = error instanceof WebAuthnError ? (error.cause as Error | undefined)?.name ?? error.name : (error as Error).name;
  switch (name) {
    case 'NotAllowedError':
    case 'AbortError':
      return new PasskeyRefusal('unanswered', error);
    case 'InvalidStateError':
      return new PasskeyRefusal('known', error);
    case 'SecurityError':
      return new PasskeyRefusal('address', error);
    default:
      return new PasskeyRefusal('unable', error);
  }
}

/** What to call a passkey that was just made: the device's own kind, which the person may change. */
export function deviceLabel(): string {
  const { userAgent } = navigator;
  const kinds: [RegExp, string][] = [
    [/iPhone/, 'iPhone'], [/iPad/, 'iPad'], [/Android/, 'Android'], [/Mac OS/, 'Mac'], [/Windows/, 'Windows'], [/Linux/, 'Linux'],
  ];
  return kinds.find(([pattern]) => pattern.test(userAgent))?.[1] ?? (navigator.platform || location.host);
}
