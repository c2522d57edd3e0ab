{{- /* Written by `npm run synth` from cdk8s/: change it there. */}}
{{- define "hotpath.gateway.settings" -}}
BIND_ADDRESS: "0.0.0.0"
GATEWAY_PORT: "8080"
GATEWAY_ADMIN_PORT: "9080"
DRAIN_GRACE_MS: "10000"
NODE_OPTIONS: "--max-old-space-size={{ sub (int .Values.resources.gateway.memoryMi) 140 }} --max-semi-space-size=4"
TRUST_PROXY: "1"
{{- if eq .Values.transport "mesh" }}
TRANSPORT_SECURITY: "mesh"
INVENTORY_ADDRESS: "inventory:50051"
PRICING_ADDRESS: "pricing:50052"
USER_ADDRESS: "user:50053"
{{- else }}
TRANSPORT_SECURITY: "mtls"
TLS_FOLDER: "/tls"
SPIFFE_BASE: "{{ .Values.spiffeBase }}"
INVENTORY_ADDRESS: "inventory-headless:50051"
PRICING_ADDRESS: "pricing-headless:50052"
USER_ADDRESS: "user-headless:50053"
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "hotpath.inventory.settings" -}}
BIND_ADDRESS: "0.0.0.0"
INVENTORY_PORT: "50051"
INVENTORY_ADMIN_PORT: "9051"
DRAIN_GRACE_MS: "10000"
NODE_OPTIONS: "--max-old-space-size={{ sub (int .Values.resources.inventory.memoryMi) 140 }} --max-semi-space-size=4"
{{- if eq .Values.transport "mesh" }}
TRANSPORT_SECURITY: "mesh"
PRICING_ADDRESS: "pricing:50052"
USER_ADDRESS: "user:50053"
{{- else }}
TRANSPORT_SECURITY: "mtls"
TLS_FOLDER: "/tls"
SPIFFE_BASE: "{{ .Values.spiffeBase }}"
MAX_CONNECTION_AGE_MS: "60000"
PRICING_ADDRESS: "pricing-headless:50052"
USER_ADDRESS: "user-headless:50053"
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "hotpath.pricing.settings" -}}
BIND_ADDRESS: "0.0.0.0"
PRICING_PORT: "50052"
PRICING_ADMIN_PORT: "9052"
DRAIN_GRACE_MS: "10000"
NODE_OPTIONS: "--max-old-space-size={{ sub (int .Values.resources.pricing.memoryMi) 140 }} --max-semi-space-size=4"
{{- if eq .Values.transport "mesh" }}
TRANSPORT_SECURITY: "mesh"
{{- else }}
TRANSPORT_SECURITY: "mtls"
TLS_FOLDER: "/tls"
SPIFFE_BASE: "{{ .Values.spiffeBase }}"
MAX_CONNECTION_AGE_MS: "60000"
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "hotpath.user.settings" -}}
BIND_ADDRESS: "0.0.0.0"
USER_PORT: "50053"
USER_ADMIN_PORT: "9053"
DRAIN_GRACE_MS: "10000"
NODE_OPTIONS: "--max-old-space-size={{ sub (int .Values.resources.user.memoryMi) 140 }} --max-semi-space-size=4"
{{- if eq .Values.transport "mesh" }}
TRANSPORT_SECURITY: "mesh"
{{- else }}
TRANSPORT_SECURITY: "mtls"
TLS_FOLDER: "/tls"
SPIFFE_BASE: "{{ .Values.spiffeBase }}"
MAX_CONNECTION_AGE_MS: "60000"
{{- end }}
{{- range $name, $value := .Values.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
