/** Builds the page into `dist`, which the sample backend serves. Packages of the workspace are taken as they are published: from their `dist`. */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  build: {
    target: 'es2022',
    sourcemap: false,
    // The page is served under a policy that takes no inline data from scripts, and few files are as small.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Twilio's SDK is one file of this size, loaded while the user signs in.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'twilio', test: /node_modules\/(@twilio|twilsock|twilio-)/ },
          ],
        },
      },
    },
  },
});
