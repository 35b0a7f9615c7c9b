"""Windows Job Objects by ctypes: a run's processes, grandchildren included, end together. Does nothing elsewhere.

Source: Microsoft's documentation of CreateJobObjectW, SetInformationJobObject (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE),
AssignProcessToJobObject and TerminateJobObject.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from weakref import WeakKeyDictionary

_jobs: WeakKeyDictionary[subprocess.Popen[bytes], int] = WeakKeyDictionary()

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _KILL_ON_JOB_CLOSE = 0x2000
    _EXTENDED_LIMIT_INFORMATION = 9
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateJobObjectW.restype = wintypes.HANDLE
    _kernel32.CreateJobObjectW.argtypes = [ctypes.c_void_p, wintypes.LPCWSTR]
    _kernel32.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD]
    _kernel32.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
    _kernel32.TerminateJobObject.argtypes = [wintypes.HANDLE, wintypes.UINT]

    class _Basic(ctypes.Structure):
        _fields_ = [
            ("PerProcessUserTimeLimit", ctypes.c_int64),
            ("PerJobUserTimeLimit", ctypes.c_int64),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        ]

    class _Extended(ctypes.Structure):
        _fields_ = [
            ("Basic", _Basic),
            ("IoCounters", ctypes.c_uint64 * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        ]


def assign(process: subprocess.Popen[bytes]) -> None:
    """Put `process` into a new Job Object that dies with our handle to it."""
    if sys.platform == "win32":
        job = _kernel32.CreateJobObjectW(None, None)
        limits = _Extended()
        limits.Basic.LimitFlags = _KILL_ON_JOB_CLOSE
        _kernel32.SetInformationJobObject(job, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits))
        handle: Any = process._handle  # type: ignore[attr-defined]
        _kernel32.AssignProcessToJobObject(job, int(handle))
        _jobs[process] = job


def terminate(process: subprocess.Popen[bytes]) -> None:
    """End every process of `process`'s Job Object."""
    if sys.platform == "win32" and process in _jobs:
        _kernel32.TerminateJobObject(_jobs[process], 1)
