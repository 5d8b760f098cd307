const { promisify } = require("util");
const { exec } = require("child_process");
const run = promisify(exec);

module.exports.runtime = {
  handler: async function ({ key }) {
    if (key && !process.env.SERVICE_KEY) throw new Error("No key.");
    const { stdout } = await run("echo started");
    return stdout.trim();
  },
};
