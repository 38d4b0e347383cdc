import { cryptoProviderSuite } from '../../../testing/src/crypto-provider-suite.ts';
import { nobleProvider } from './noble.ts';

cryptoProviderSuite(nobleProvider);
