import { cryptoProviderSuite } from '@sotto/testing/crypto-provider-suite';
import { nobleProvider } from './noble.ts';

cryptoProviderSuite(nobleProvider);
