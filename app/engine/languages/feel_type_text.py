"""Types as they are written in FEEL (DMN 1.5, 10.3.1.2, rule 52): of the language, of a file, or put together."""

from app.engine.languages import tree
from app.engine.languages.feel_text import Text


class Types(Text):
    """Reads one type."""

    def type(self) -> tree.Type:
        """A type: one of the language, one that is known, or of a list, range, context or function."""
        if self.word("function"):
            return self.function_type()
        known = self.word(*self.kinds)
        if not known:
            raise self.unexpected()
        found = self.types[known]
        if found.name == "context" and found.members is None and self.sign("<"):
            return tree.Type("context", members=self.members())
        if found.name in ("list", "range") and found.of is None and self.sign("<"):
            found = tree.Type(found.name, self.type())
            self.must(">")
        return found

    def members(self) -> tuple[tuple[str, tree.Type], ...]:
        members: list[tuple[str, tree.Type]] = []
        while not self.sign(">"):
            if members:
                self.must(",")
            name = self.name(())
            self.must(":")
            members.append((name, self.type()))
        return tuple(members)

    def function_type(self) -> tree.Type:
        if not self.sign("<"):
            return tree.Type("function")
        taken: list[tuple[str, tree.Type]] = []
        while not self.sign(">"):
            if taken:
                self.must(",")
            taken.append(("", self.type()))
        self.must("-")
        self.must(">")
        return tree.Type("function", self.type(), tuple(taken))
