"""The screen that reads every message first: what is heard, signs, guards, likeness."""
