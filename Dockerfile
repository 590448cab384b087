# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Static: SQLite here is pure Go, so nothing of the system is needed.
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /portal ./cmd/portal \
 && mkdir -p /data && chown 65532:65532 /data

FROM scratch
COPY --from=build /portal /portal
COPY --from=build --chown=65532:65532 /data /data
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 65532:65532
ENTRYPOINT ["/portal"]
CMD ["serve"]
