"""Decision tables (DMN 1.1 to 1.5): read from files, checked, and evaluated against the variables of a case."""
