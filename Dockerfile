# The engine: built in one stage, run in another with production dependencies alone.
ARG NODE_IMAGE=node:22.22.2-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
# Install scripts stay off: nothing needed here has one, and an optional download must not hang.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY config config
COPY connectors connectors
COPY dashboards dashboards
COPY engine engine
COPY operators operators
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /src
COPY package.json package-lock.json ./
# Without the optional native TensorFlow (about 300 MB): the WASM backend is used instead.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
WORKDIR /opt/stockpulse
COPY --from=dependencies /src/node_modules node_modules
COPY --from=build /src/dist dist
COPY package.json ./
COPY config config
COPY engine/setup engine/setup
# Defaults with every setting documented; mount a file of your own over it, or use STOCKPULSE_*.
COPY config/defaults.yaml /etc/stockpulse/config.yaml
RUN mkdir -p /var/lib/stockpulse && chown node:node /var/lib/stockpulse
ENV NODE_ENV=production \
    STOCKPULSE_DATA_DIR=/var/lib/stockpulse \
    STOCKPULSE_HTTP_HOST=0.0.0.0 \
    STOCKPULSE_HTTP_PORT=8080
VOLUME /var/lib/stockpulse
EXPOSE 8080
USER node
# /healthz needs no token. The image has no curl, and Node.js is there anyway.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.STOCKPULSE_HTTP_PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/engine/cli/main.js"]
CMD ["run", "--config", "/etc/stockpulse/config.yaml"]
