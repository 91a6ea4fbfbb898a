"""The one expression language: conditions, titles, computed fields. Looks like Python, reaches nothing, always ends.

grammar.py reads the text, evaluation.py walks it under a budget, formulas.py holds the functions.
Nothing in them calls eval, exec or getattr on a value; whatever goes wrong is an ExpressionError.
"""

from .formulas import FUNCTIONS, Function, office_functions
from .grammar import names_in
from .language import check, evaluate

__all__ = ["FUNCTIONS", "Function", "check", "evaluate", "names_in", "office_functions"]
