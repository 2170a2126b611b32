"""What is recommended to whom, where and why: candidates of all sources, one order, a reason for each."""
