'use strict';
// Ends this process with the one that started it, however that one ends: the other end of standard input closes then.
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
