"""What a large model is told when it reasons; the forms are in `skills.reason.remote` and `train.reason`."""
