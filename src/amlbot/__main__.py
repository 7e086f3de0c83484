"""``python -m amlbot``."""

from .start import main

raise SystemExit(main())
