# The gateway's image. BASE is any Debian-like image with npm: `docker build --build-arg BASE=… .`
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY scripts/light-dto-plugin.mjs scripts/
COPY migrations migrations
COPY libs libs
COPY src src
RUN npm run build \
 && npm prune --omit=dev --no-audit --no-fund
# The packages bring their own Node 24 (100 MB); a base that has one does not need it twice.
RUN case "$(node --version)" in v24.*) rm -rf node_modules/node-linux-* node_modules/.bin/node ;; esac

FROM ${BASE}
WORKDIR /app
RUN install -d -o 1000 -g 1000 /app/data /app/workspace
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
USER 1000:1000
# 0.0.0.0 is refused without GOCLAW_GATEWAY_TOKEN: a container that is reachable has a secret.
ENV HOME=/app \
    NODE_ENV=production \
    PATH=/app/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    GOCLAW_CONFIG=/app/data/config.json \
    GOCLAW_DATA_DIR=/app/data \
    GOCLAW_WORKSPACE=/app/workspace \
    GOCLAW_HOST=0.0.0.0 \
    GOCLAW_PORT=18790
EXPOSE 18790
VOLUME ["/app/data", "/app/workspace"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.GOCLAW_PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
