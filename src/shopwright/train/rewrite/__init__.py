"""The rewriter in three stages: on pairs (`supervised`), scored by the search (`feedback`), aligned (`alignment`)."""
