const fs = require("node:fs");
const os = require("os");
const path = require("path");
const mean = require("tiny-mean");
const { columnOf } = require("./lib/parse");

const runtime = {
  handler: async function ({ column = "a" }) {
    const table = fs.readFileSync(path.join(__dirname, "table.csv"), "utf8");
    const kept = path.join(os.tmpdir(), "column.json");
    if (fs.existsSync("/etc/hostname") || fs.existsSync(kept)) throw new Error("It sees what it should not.");
    fs.writeFileSync(kept, JSON.stringify(columnOf(table, column)));
    const numbers = JSON.parse(await fs.promises.readFile(kept, "utf8"));
    return [column, mean(numbers), numbers.length > 2, null];
  },
};
module.exports = { runtime };
