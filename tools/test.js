// npm test: installs what is missing, then runs every check.
import { endInterrupted, onStopSignal } from './command.js';
import { checkNode, installPackages } from './prepare.js';

onStopSignal(endInterrupted);
checkNode();
await installPackages();
await import('./verify.js');
