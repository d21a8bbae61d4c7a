"""Whether a corpus keeps its own rules: what `citewell check` reports, and when what is due."""
