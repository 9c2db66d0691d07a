"""Ranges of integers, addresses or ports: both ends included, sorted, none touching the next."""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]
Intervals = tuple[Interval, ...]


def merged(intervals: Iterable[Interval]) -> Intervals:
    """Return the same integers as sorted intervals that neither touch nor overlap."""
    found: list[Interval] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def intersection(left: Intervals, right: Intervals) -> Intervals:
    """Return the integers that are in both."""
    found, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            found.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def cells(groups: Sequence[Intervals]) -> tuple[list[int], list[int]]:
    """Cut the line wherever a group begins or ends, so that every group holds all of a cell, or nothing of it.

    Returns:
        The first integer of each cell, ascending from 0, and for each cell the groups that hold it (bit n is the n-th).
    """
    turns = {0: 0}
    for position, intervals in enumerate(groups):
        for low, high in intervals:
            turns[low] = turns.get(low, 0) ^ (1 << position)
            turns[high + 1] = turns.get(high + 1, 0) ^ (1 << position)
    starts, label, labels = sorted(turns), 0, []
    for start in starts:
        label ^= turns[start]
        labels.append(label)
    return starts, labels
