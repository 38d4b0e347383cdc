// What the official client expects of its users' bundlers: its build for <script> comes without them.
import { Buffer } from 'buffer/';

globalThis.global = globalThis;
globalThis.Buffer = Buffer;
