"""Makes decision tables as modelers write them."""

from collections.abc import Sequence
from html import escape

VERSIONS = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def text(tag: str, written: str, **attributes: str) -> str:
    given = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{given}><text>{escape(written)}</text></{tag}>"


def table(
    rows: Sequence[Sequence[str]],
    *,
    inputs: Sequence[str] = ("x:number",),
    outputs: Sequence[str] = ("y",),
    policy: str = "",
    values: Sequence[str] = (),
    default: str = "",
) -> str:
    """`inputs` are expression:type, `outputs` names; the last cells of a row are those of the outputs."""
    parts = [
        f'<input label="{escape(name.partition(":")[0])}">'
        + text("inputExpression", name.partition(":")[0], typeRef=name.partition(":")[2])
        + "</input>"
        for name in inputs
    ]
    for number, name in enumerate(outputs):
        listed = text("outputValues", values[number]) if number < len(values) else ""
        parts.append(f'<output name="{name}">{listed}{text("defaultOutputEntry", default) if default else ""}</output>')
    for row in rows:
        tests = "".join(text("inputEntry", cell) for cell in row[: len(inputs)])
        parts.append(f"<rule>{tests}{''.join(text('outputEntry', cell) for cell in row[len(inputs) :])}</rule>")
    hit, _, aggregation = policy.partition(" with ")
    given = (f' hitPolicy="{hit}"' if hit else "") + (f' aggregation="{aggregation}"' if aggregation else "")
    return f"<decisionTable{given}>{''.join(parts)}</decisionTable>"


def decision(logic: str, name: str = "d", requires: Sequence[str] = (), title: str = "") -> str:
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{needed}"/></informationRequirement>' for needed in requires
    )
    return f'<decision id="{name}" name="{title or name}">{needs}{logic}</decision>'


def dmn(*decisions: str, version: str = "1.3", around: str = "") -> bytes:
    head = f'<definitions xmlns="{VERSIONS[version]}" id="defs" name="t" namespace="n">'
    return f'<?xml version="1.0"?>{head}{around}{"".join(decisions)}</definitions>'.encode()
