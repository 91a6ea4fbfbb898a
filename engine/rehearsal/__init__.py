"""A draft tried out before it is published: the real engine on an office of its own, with a clock that jumps.

scratch.py is the office, run.py one case in it, trace.py what happened; coverage.py runs until every flow was taken,
files.py does so for diagrams in files.
"""
