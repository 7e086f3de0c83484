"""The knowledge: YAML files → plain data → fields, each fault with its place → objects → one base.

And the same packed into the file that a start reads, so that it need not work anything out.
"""
