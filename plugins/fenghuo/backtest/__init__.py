"""Years of observations through the rules: what they would have said, to whom, and when."""
