# One image per service, of the sources as they are: Node strips the types. Only pages for browsers are built.
#
#   docker build --build-arg SERVICE=pricing --tag hotpath/pricing:0.1.0 .
#
# NODE_ENV is left to whoever runs it: in production some settings are refused, demo data among them.
ARG NODE_IMAGE=node:24-bookworm-slim

# What npm reads, without what only tests need. While it stays the same, the next stage comes out of the cache.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /app
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
 && find . -type d -empty -delete \
 && npm pkg delete devDependencies --workspaces

FROM ${NODE_IMAGE} AS dependencies
ARG SERVICE
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm \
    npm ci --workspace services/${SERVICE} --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

# The shop's pages, where the service has some; not the console, which is for development.
FROM ${NODE_IMAGE} AS pages
ARG SERVICE
WORKDIR /app
COPY --from=manifests /app ./
COPY tsconfig.json ./
COPY services/${SERVICE} services/${SERVICE}
RUN --mount=type=cache,target=/root/.npm \
    mkdir /pages && if [ -d services/${SERVICE}/web ]; then \
      npm ci --workspace services/${SERVICE}/web --omit=dev --ignore-scripts --no-audit --no-fund \
      && node services/${SERVICE}/web/run.ts shop /pages/services/${SERVICE}/web/dist/shop; \
    fi

FROM ${NODE_IMAGE} AS app
ARG SERVICE
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="hotpath-${SERVICE}" \
      org.opencontainers.image.description="The ${SERVICE} service of Hotpath" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=dependencies /app ./
COPY LICENSE ./
COPY protos protos
COPY packages packages
COPY services/${SERVICE} services/${SERVICE}
COPY --from=pages /pages ./
ENV SERVICE=${SERVICE}
USER 65532:65532

# For `skaffold dev`: sources that its user may replace, and a process that starts anew when one has changed.
FROM app AS dev
USER root
RUN chown -R 65532:65532 packages protos services
USER 65532:65532
CMD ["sh", "-c", "exec node --watch --import ./packages/telemetry/src/register.ts services/$SERVICE/src/main.ts"]

# register.ts turns traces on where OTEL_* variables say so, and else does nothing.
# Node is process 1 and ends by itself on SIGTERM. The kubelet probes the admin port: there is no HEALTHCHECK.
FROM app AS service
CMD ["sh", "-c", "exec node --max-semi-space-size=4 --import ./packages/telemetry/src/register.ts services/$SERVICE/src/main.ts"]
