// Tells its parent which environment and arguments it has, and ends.
process.send({ env: { ...process.env }, execArgv: process.execArgv }, () => process.disconnect());
