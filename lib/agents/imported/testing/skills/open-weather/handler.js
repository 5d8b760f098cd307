module.exports.runtime = {
  handler: async function ({ city, days = 1, hourly = false }) {
    const callerId = `${this.config.name}-v${this.config.version}`;
    this.introspect(`${callerId} is asked for ${city}, ${days} days`);
    const { WEATHER_API_KEY, BASE_URL, UNITS, TIMEOUT } = this.runtimeArgs;
    const response = await fetch(`${BASE_URL}/forecast`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Api-Key": WEATHER_API_KEY, "Content-Length": "1" },
      body: JSON.stringify({ city, days, hourly, units: UNITS }),
      signal: AbortSignal.timeout((TIMEOUT ?? 20) * 1000),
    });
    if (!response.ok) throw new Error(`The weather service answers ${response.status} ${response.statusText}.`);
    return this.inWords(await response.json());
  },
  inWords({ city, degrees, units }) {
    return `${city}: ${degrees} ${this.signOf(units)}`;
  },
  signOf(units) {
    return units === "metric" ? "°C" : "°F";
  },
};
