"""A reply as text, drawn numbers, JSON, Markdown: the same words everywhere."""
