// Hands the key store of a page, with what changes its passphrase, to whoever drives the page.
import * as storage from '@sotto/e3kit/browser';

globalThis.storage = storage;
