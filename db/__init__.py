"""A generic encrypted record store; it knows nothing of events or feedback."""

import os

# Pydantic would look through every installed package for plugins that see each value it checks:
# no stranger's code gets to see what people said, and the start is a fortieth of a second sooner.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
