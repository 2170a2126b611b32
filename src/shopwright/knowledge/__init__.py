"""What shoppers and merchants know without saying it: so far, which words mean the same thing."""
