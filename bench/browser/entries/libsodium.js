export { createLibsodium as create } from '../../sides/libsodium.js';
