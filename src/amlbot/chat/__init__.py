"""The chat on a terminal, and plain lines everywhere else."""
