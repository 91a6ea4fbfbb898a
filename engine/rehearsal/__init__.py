"""A draft tried out before it is published: the real engine on an office of its own, with a clock that jumps.

scratch.py is the office and stage.py one case in it; run.py lets it go on by itself, script.py plays what a person did,
trace.py tells what happened. coverage.py runs until every flow was taken, files.py does so for diagrams in files.
"""
