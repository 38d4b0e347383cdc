export { createProgram } from './program.ts';
export { createTerminal, type Terminal } from './terminal.ts';
