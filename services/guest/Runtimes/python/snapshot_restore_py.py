"""Hooks around a snapshot: the interface of AWS's package of this name (1.0.0), which its Python runtimes bring along.

What is registered before a snapshot runs in reverse order when the function's snapshot is made; what is registered for after a
restore runs in order in every sandbox that starts from it, before its first event. A package of this name in the function's own
code takes the place of this one.
"""
_before_snapshot = []
_after_restore = []


def register_before_snapshot(func, *args, **kwargs):
    _before_snapshot.append((func, args, kwargs))
    return func


def register_after_restore(func, *args, **kwargs):
    _after_restore.append((func, args, kwargs))
    return func


def get_before_snapshot():
    return _before_snapshot


def get_after_restore():
    return _after_restore
