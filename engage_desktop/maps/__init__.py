"""Pictures of who is who, without a window: built as scenes, drawn by whoever has a surface.

`scene` says what a picture is made of; `grid`, `network`, `matrix` and `county` build one each from
plain data; `palette` gives its tones their colours. Screens, PDF and SVG draw the same scene.
"""
