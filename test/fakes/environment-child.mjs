// Reports its environment and arguments to its parent, and ends.
process.send({ env: { ...process.env }, execArgv: process.execArgv }, () => process.disconnect());
