import { cryptoProviderSuite } from '@sotto/testing/crypto-provider-suite';
import { nodeProvider } from './node.ts';

cryptoProviderSuite(nodeProvider, { canMakeRsa: true });
