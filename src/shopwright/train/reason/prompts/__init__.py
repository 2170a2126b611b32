"""What a large model is told when it proposes edges; the form is in `train.reason.grow`."""
