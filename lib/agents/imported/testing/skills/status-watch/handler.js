const https = require("https");

module.exports.runtime = {
  agent: null,
  async handler({ times = 1 }) {
    this.agent = new https.Agent({ keepAlive: true, ca: this.runtimeArgs.CA });
    const found = [];
    for (let n = 0; n < times; n++) found.push(await this.ask());
    this.super.handlerProps.log(`asked ${found.length} times`);
    return found;
  },
  ask() {
    return new Promise((resolve, reject) => {
      https
        .get(`https://localhost:${this.runtimeArgs.PORT}/health`, { agent: this.agent }, (response) => {
          response.resume();
          response.on("end", () => resolve({ status: response.statusCode, same: response.req.reusedSocket }));
        })
        .on("error", reject);
    });
  },
};
