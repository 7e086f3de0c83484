"""``python -m amlbot``."""

from .cli import main

raise SystemExit(main())
