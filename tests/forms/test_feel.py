"""Conditions of other programs become ours where both mean the same for certain, and are left alone elsewhere."""

from __future__ import annotations

import pytest

from forms.feel import translated


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("= amount > 10", "amount > 10"),
        ("=amount = 10", "amount == 10"),
        ('= kind = "new" and done = true', 'kind == "new" and done == True'),
        ("amount > 10 && kind == 'new'", "amount > 10 and kind == 'new'"),
        ("a||b", "a or b"),
        ("a && b || c", "a and b or c"),
        ("!done && amount != null", "not done and amount != None"),
        ("amount gt 10 AND kind ne 'old'", "amount > 10 and kind != 'old'"),
        ("amount <> 10", "amount != 10"),
        ('status.equals("new")', 'status == "new"'),
        ('!"new".equals(status)', 'status != "new"'),
        ("not empty reason or empty other", "reason or not other"),
        ('execution.getVariable("amount") >= 3', "amount >= 3"),
        ("kind == 'empty box && more'", "kind == 'empty box && more'"),
        ("a && kind == 'is  and  ! was'", "a and kind == 'is  and  ! was'"),
    ],
)
def test_a_comparison_is_written_as_ours(theirs: str, ours: str) -> None:
    assert translated(theirs) == ours


@pytest.mark.parametrize(
    "theirs",
    [
        "",
        "!a == b",
        "!(a && b)",
        "a ? b : c",
        "if a then b else c",
        "amount between 1 and 5",
        "amount in [1..5]",
        "some x in list satisfies x > 1",
        "a &&",
        "#{a}",
        "jumlah = 10 dan sah",
    ],
)
def test_what_may_mean_something_else_is_left_alone(theirs: str) -> None:
    assert translated(theirs) is None
