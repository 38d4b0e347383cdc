import { cryptoProviderSuite } from '../../../testing/src/crypto-provider-suite.ts';
import { nodeProvider } from './node.ts';

cryptoProviderSuite(nodeProvider, { canMakeRsa: true });
