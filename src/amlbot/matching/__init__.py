"""Which answer is meant, and how sure that is: reading → index → scoring → matcher."""
