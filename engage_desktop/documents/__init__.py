"""Everything the application prints, as tagged PDF.

From the ground up: `fonts` (faces and the chain they fall back along), `shaping` (words to
glyphs, either direction), `layout` (words to lines), `fontembed` and `pdffile` (what goes into the
file), `tagged` (pages with a structure tree), `style` (the one style sheet), `pictures`, and then
one file for each printed thing. A document takes plain frozen dataclasses and a binary stream; it
knows nothing of the store, and a caller who wants a file on disk goes through `output.write_pdf`.
"""
