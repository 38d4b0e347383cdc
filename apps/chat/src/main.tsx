/** Where the page begins: the session over the real backend, and the app in it. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { openAccount } from './backend/open-account.ts';
import { startTheme } from './features/theme/theme.ts';
import { createSession } from './state/session.ts';
import './styles/tokens.css';
import './styles/base.css';

const device = new URLSearchParams(location.search).get('device') ?? '';

startTheme();
createRoot(document.getElementById('app')!).render(
  <StrictMode>
    <App session={createSession((identity) => openAccount(identity, device))} />
  </StrictMode>,
);
