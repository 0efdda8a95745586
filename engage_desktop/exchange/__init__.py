"""Files in and files out: spreadsheets, and cells pasted from them."""
