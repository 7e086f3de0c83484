"""Ranking on public data: ``python benchmarks/matching.py DATA.json…`` (format: see docs)."""
