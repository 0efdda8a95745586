"""`python -m engage_desktop.cli` is the `engage` command."""

import sys

from engage_desktop.cli import main

sys.exit(main())
