# syntax=docker/dockerfile:1
# One image, one process, one volume: what runs inside is the same `npm start` as anywhere else.

FROM node:26-slim AS build
WORKDIR /app
# First what changes seldom: the packages stay in a layer of their own.
COPY package.json package-lock.json ./
COPY scripts/*.mjs scripts/
RUN node scripts/bootstrap.mjs tool
COPY . .
# The image brings Node, so the one among the packages goes, and with it what only builds and tests need.
RUN node scripts/bootstrap.mjs start \
 && npm prune --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf .next/cache .next/dev .next/trace node_modules/node-linux-* node_modules/.bin/node node_modules/@next/swc-* \
 && find node_modules -name "*.map" -delete

FROM node:26-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3001 DATA_DIR=/data NEXT_TELEMETRY_DISABLED=1 \
    npm_config_update_notifier=false npm_config_logs_max=0 npm_config_cache=/tmp/.npm
COPY --from=build /app .
# The program belongs to root; its user writes the data, and the lock that the start takes.
RUN mkdir -p /data .bootstrap && chown node:node /data .bootstrap
USER node
VOLUME /data
EXPOSE 3001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/ready`).then((it) => process.exit(it.ok ? 0 : 1), () => process.exit(1))"]
CMD ["npm", "start"]
