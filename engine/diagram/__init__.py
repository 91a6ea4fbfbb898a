"""Diagrams as documents: pure XML work, no engine, no database."""
