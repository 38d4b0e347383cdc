// The sample backend of the article. After `sotto dev` has written the settings of its application:
//   node --env-file=sotto-data/dev.env examples/backend/server.js
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { serve } from '@hono/node-server';
import { checkDemoHost, createSampleBackend, createTokenIssuer, readEnv } from '@sotto/auth';
import { nodeProvider } from '@sotto/core/node';

const options = {
  host: { type: 'string', default: '127.0.0.1' },
  'insecure-demo-login': { type: 'boolean', default: false },
};

try {
  const { host, 'insecure-demo-login': insecureDemoLogin } = parseArgs({ options }).values;
  checkDemoHost(host, { insecureDemoLogin });

  const { app, ...rest } = await readEnv(nodeProvider, process.env);
  const issuer = createTokenIssuer({ provider: nodeProvider, ...app });
  const backend = createSampleBackend({ issuer, sessionSecret: randomBytes(32), ...rest });

  const port = Number(process.env.PORT || 3000);
  serve({ fetch: backend.fetch, hostname: host, port }, (address) => {
    console.log(`sample backend on http://${host}:${address.port}`);
  }).once('error', exitWith);
} catch (error) {
  exitWith(error);
}

function exitWith(error) {
  console.error(`sample backend: ${error.message}`);
  process.exit(1);
}
