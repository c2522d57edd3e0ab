{{- /* Written by `npm run synth` from cdk8s/: change it there. */}}
{{- define "hotpath.traces" -}}
traces{{- if .Values.traces.enabled }}-{{ .Values.traces | toJson | sha256sum | trunc 10 }}{{- end }}
{{- end }}
