"""The tasks: YAML files in the lm-evaluation-harness's format, their documents, and the metric that it has not."""
