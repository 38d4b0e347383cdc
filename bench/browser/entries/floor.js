import * as map from 'sotto:curve25519';
import { createWebFloor } from '../../sides/floor-web.js';

export const create = async () => createWebFloor(map);
