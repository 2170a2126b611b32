"""What a large model is told when it thinks about a shopper; the form is in `skills.recommend.supposing.remote`."""
