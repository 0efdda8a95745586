"""What the tones of a scene look like, on paper and in each scheme of the screen.

A tone has a ground (what an area or mark is filled with), an ink (its edge, or a line) and the
colour of words that stand on the ground. Words on their ground are 4.5:1 or better; an ink on the
page 3:1 or better, except that of "line", which carries no meaning.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

SHADES = 6
"""Steps of "shade0" (nobody) to "shade5" (the most)."""
_EVEN_TO = 24


@dataclass(frozen=True, slots=True)
class Tone:
    """Colours as "#RRGGBB"."""

    ground: str
    ink: str
    text: str


def _tones(rows: str) -> Mapping[str, Tone]:
    made = {}
    for row in rows.split("\n"):
        if row.strip():
            name, ground, ink, text = row.split()
            made[name] = Tone(ground, ink, text)
    return MappingProxyType(made)


PAPER = _tones("""
    text     #FFFFFF #212B32 #212B32
    muted    #FFFFFF #4C6272 #4C6272
    line     #FFFFFF #D8DDE0 #4C6272
    surface  #FFFFFF #768692 #212B32
    band     #F4F6F7 #768692 #212B32
    plain    #D8E8F6 #005EB8 #212B32
    dark     #003087 #003087 #FFFFFF
    good     #D9F0E1 #00541F #00541F
    warning  #FFF2CC #5C4300 #5C4300
    bad      #FBDFDC #9A1508 #9A1508
    info     #E6F0FA #003087 #003087
    gap      #FFFFFF #768692 #4C6272
    shade0   #FFFFFF #4C6272 #212B32
    shade1   #E6F0FA #4C6272 #212B32
    shade2   #B9D6F0 #4C6272 #212B32
    shade3   #7DB2E3 #4C6272 #10181D
    shade4   #005EB8 #003087 #FFFFFF
    shade5   #003087 #001B4D #FFFFFF
""")
DARK = _tones("""
    text     #1C262D #F0F4F5 #F0F4F5
    muted    #1C262D #B4C2CC #B4C2CC
    line     #1C262D #37454F #B4C2CC
    surface  #1C262D #8A9AA6 #F0F4F5
    band     #12191E #8A9AA6 #F0F4F5
    plain    #17364F #7CBDF7 #CDE6FD
    dark     #7CBDF7 #7CBDF7 #06192B
    good     #123D26 #A6E9C1 #A6E9C1
    warning  #463700 #FFE08A #FFE08A
    bad      #58160F #FFBDB5 #FFBDB5
    info     #17364F #BBDDFB #BBDDFB
    gap      #1C262D #8A9AA6 #B4C2CC
    shade0   #1C262D #8A9AA6 #F0F4F5
    shade1   #17364F #8A9AA6 #F0F4F5
    shade2   #1F4E78 #8A9AA6 #FFFFFF
    shade3   #2A6AA3 #B4C2CC #FFFFFF
    shade4   #7CBDF7 #CDE6FD #06192B
    shade5   #CDE6FD #FFFFFF #06192B
""")
CONTRAST = _tones("""
    text     #000000 #FFFFFF #FFFFFF
    muted    #000000 #FFFFFF #FFFFFF
    line     #000000 #FFFFFF #FFFFFF
    surface  #000000 #FFFFFF #FFFFFF
    band     #000000 #FFFFFF #FFFFFF
    plain    #003A70 #FFFFFF #FFFFFF
    dark     #FFE600 #FFE600 #000000
    good     #00220F #8CFFBB #8CFFBB
    warning  #2B2500 #FFE600 #FFE600
    bad      #3B0300 #FFC2BC #FFC2BC
    info     #001A33 #B9E0FF #B9E0FF
    gap      #000000 #FFFFFF #FFFFFF
    shade0   #000000 #FFFFFF #FFFFFF
    shade1   #00203F #FFFFFF #FFFFFF
    shade2   #003A70 #FFFFFF #FFFFFF
    shade3   #00508F #FFFFFF #FFFFFF
    shade4   #FFE600 #FFFFFF #000000
    shade5   #FFFFFF #FFFFFF #000000
""")
SCHEMES: Mapping[str, Mapping[str, Tone]] = MappingProxyType(
    {"paper": PAPER, "light": PAPER, "dark": DARK, "contrast": CONTRAST}
)
"""By the name of the scheme; `paper` is what documents and files use."""


def shade(count: int, most: int) -> str:
    """The tone of a count where the greatest is `most`: nobody has a shade of its own.

    Steps are even up to a greatest of 24; beyond that each is as many times the last, so that one
    full place does not make all others look alike.
    """
    if count <= 0 or most <= 0:
        return "shade0"
    steps = SHADES - 1
    if most <= _EVEN_TO:
        return f"shade{1 + (count * steps - 1) // most}"
    return f"shade{min(steps, 1 + int(math.log(count) / math.log(most + 1) * steps))}"
