"""Windows and sheets that open over a page: first start, import, print, settings."""
