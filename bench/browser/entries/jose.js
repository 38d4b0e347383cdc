export { createJose as create } from '../../sides/jose.js';
