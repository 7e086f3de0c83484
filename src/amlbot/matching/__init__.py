"""Which answer is meant, and how sure that is: reading → query → scoring → matcher."""
