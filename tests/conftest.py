"""Qt draws into memory unless a test run asks for real windows."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
