"""The command line, `python -m engine`: the same verbs as the pages, for terminals and programs."""
