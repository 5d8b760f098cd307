const OpenAI = require("openai");

module.exports.runtime = { handler: async () => new OpenAI({ apiKey: "x" }) };
