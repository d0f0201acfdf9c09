/** The one file: what the build writes, and what the page writes again in order to tell its own hash. */
export interface Parts {
  readonly style: string;
  readonly script: string;
  /** SHA-256 of each, base64: the policy lets in these two and nothing else. */
  readonly styleHash: string;
  readonly scriptHash: string;
}

export const policyOf = ({ styleHash, scriptHash }: Parts): string =>
  `default-src 'none'; script-src 'sha256-${scriptHash}'; style-src 'sha256-${styleHash}'; img-src data:; worker-src blob:; base-uri 'none'; form-action 'none'`;

export const pageOf = (parts: Parts): string => `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(parts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Comity: verify.html</title>
<style>${parts.style}</style>
</head>
<body>
<noscript>This page checks a package with JavaScript, on this computer alone. Please allow it, or use “comity verify”.</noscript>
<script>${parts.script}</script>
</body>
</html>
`;
