import { createHash } from "node:crypto";

const { algorithm } = await import("./algorithm.js");

export const runtime = {
  handler: async ({ text }) => createHash(algorithm).update(text).digest("hex"),
};
