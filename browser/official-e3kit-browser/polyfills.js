// The official client expects these two of Node, which its users' bundlers provide: its build for <script> comes without them.
import { Buffer } from 'buffer/';

globalThis.global = globalThis;
globalThis.Buffer = Buffer;
