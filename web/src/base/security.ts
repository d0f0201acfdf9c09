// The page's side of the content security policy.
//   - Libraries that add <style> elements (Mantine, react-remove-scroll) must carry the nonce of this answer.
//   - Trusted Types: no HTML string reaches the DOM at all, and scripts (workers) come from our own origin only.
import { setNonce } from 'get-nonce';

/** The nonce that the server wrote into index.html. Browsers hide the attribute, so it is read as a property. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

interface TrustedTypePolicyFactory {
  createPolicy(name: string, rules: Record<string, (value: string) => string>): unknown;
}

export function secure(): void {
  setNonce(styleNonce());
  const { trustedTypes } = window as { trustedTypes?: TrustedTypePolicyFactory };
  trustedTypes?.createPolicy('default', {
    createHTML(value) {
      if (value.includes('<')) throw new TypeError('HTML from a string is refused.');
      return value;
    },
    createScript() {
      throw new TypeError('Script from a string is refused.');
    },
    createScriptURL(value) {
      if (new URL(value, location.href).origin !== location.origin) throw new TypeError('Script from elsewhere is refused.');
      return value;
    },
  });
}
