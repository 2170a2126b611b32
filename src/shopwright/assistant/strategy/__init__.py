"""Which strategy a turn takes: what a policy is told of the situation, and the policies that may decide."""
