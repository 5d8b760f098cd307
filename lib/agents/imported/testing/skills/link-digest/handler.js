module.exports.runtime = {
  async handler({ links }) {
    const pages = [];
    for (const link of links) {
      const { success, content } = await this.webScraper.getLinkContent(link, "text");
      this.logger(`read ${new URL(link).pathname}:`, { success });
      pages.push({ path: new URL(link).pathname, success, content });
    }
    const { content: html } = await this.webScraper.getLinkContent(links[0], "html");
    return { pages, markup: /<html>/.test(html) };
  },
};
