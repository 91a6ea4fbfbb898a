"""The process engine: runs diagrams, remembers everything, needs no web server."""
