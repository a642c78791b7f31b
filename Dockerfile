# Node runs the TypeScript as it is, so there is no build: only the dependencies are made apart.
# The base is named by its tag; pin it by digest in your own registry if your rules ask for that.
FROM node:24-bookworm-slim AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional dependencies bring a Node and a Postgres for development. The image has the one and is given the other.
RUN ["npm", "ci", "--omit=dev", "--omit=optional", "--ignore-scripts"]

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=modules /app/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY migrations migrations
COPY common-models common-models
COPY providers providers
COPY src src
# A number, so that `runAsNonRoot` can be checked. Nothing is written: the root file system may be read-only.
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
# Alive, not ready: without its database the API answers 503 by itself, and a restart would not bring that back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
