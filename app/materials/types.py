"""Words of the materials room."""

from typing import Final, Literal

Grade = Literal["A", "B", "C", "D"]
"""How far a material is trusted: A issued by government, usable as is; B checked against the original by a window;
C uploaded, the original still to be checked; D self-made, the applicant vouches."""

GRADES: Final[tuple[Grade, ...]] = ("A", "B", "C", "D")
