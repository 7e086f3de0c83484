"""``python -m amlbot``."""

from .start import run

run()
