const wanted = ["name", "runtimeArgs", "description", "examples", "runtime", "parameters"];

module.exports.runtime = {
  async handler(params) {
    const given = Object.fromEntries(wanted.map((key) => [key, this[key]]));
    return {
      ...given,
      params,
      config: [this.config.hubId, this.config.version, this.config.setup_args.DEFAULT.value],
      environment: Object.keys(process.env),
      big: 10n,
      date: new Date(0),
      nothing: undefined,
    };
  },
};
