// Loaded into a node before its program: it ends when the process that started it does, however that ends.
process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL')).resume();
process.stdin.unref();
