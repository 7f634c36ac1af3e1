// Tells its parent how it was started, and ends.
process.send({ env: { ...process.env }, execArgv: process.execArgv }, () => process.disconnect());
