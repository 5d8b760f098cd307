const { shout } = require("../_shared/format.js");

module.exports.runtime = { handler: ({ text }) => shout(text) };
