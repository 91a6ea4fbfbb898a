"""The rules of lint, one file per noun; each is a generator of findings over a Subject."""
