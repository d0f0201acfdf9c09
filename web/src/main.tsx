// Security first, then the language, then the first picture: nothing is drawn that would have to turn round.
import './base/theme/styles';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { onSignedOut } from './api/client';
import { App } from './app/App';
import { queryClient, router } from './app/router';
import { startKeys } from './base/keys/registry';
import { activateLocale } from './base/locale/load';
import { preferences } from './base/preferences';
import { secure } from './base/security';
import { printInLight } from './base/theme/print';

secure();
startKeys();
printInLight();
onSignedOut(() => {
  if (queryClient.getQueryData(['me']) === undefined) return; // nobody was signed in
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } });
});
await activateLocale(preferences().locale);
createRoot(document.getElementById('root')!).render(<StrictMode><App /></StrictMode>);
