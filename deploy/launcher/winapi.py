"""The few Windows calls that the standard library lacks: Job Object, process times, console closing.

The one home of them, for start.py and for the runs (jobs.winjob): nothing but the standard library.
"""

from __future__ import annotations

import ctypes
import sys
import weakref
from collections.abc import Callable
from ctypes import wintypes

assert sys.platform == "win32"  # noqa: S101 - tells the type checker, too

CREATE_SUSPENDED = 0x4
_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_STILL_ACTIVE = 259
_JOB_OBJECT_EXTENDED_LIMIT_INFORMATION = 9
_JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE = 0x2000
_CTRL_CLOSE_EVENTS = (2, 5, 6)  # window closed, user logs off, machine shuts down

_kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
_ntdll = ctypes.WinDLL("ntdll")
_kernel32.CreateJobObjectW.restype = wintypes.HANDLE
_kernel32.CreateJobObjectW.argtypes = [ctypes.c_void_p, wintypes.LPCWSTR]
_kernel32.SetInformationJobObject.argtypes = [wintypes.HANDLE, ctypes.c_int, ctypes.c_void_p, wintypes.DWORD]
_kernel32.AssignProcessToJobObject.argtypes = [wintypes.HANDLE, wintypes.HANDLE]
_kernel32.TerminateJobObject.argtypes = [wintypes.HANDLE, wintypes.UINT]
_kernel32.OpenProcess.restype = wintypes.HANDLE
_kernel32.OpenProcess.argtypes = [wintypes.DWORD, wintypes.BOOL, wintypes.DWORD]
_kernel32.GetProcessTimes.argtypes = [wintypes.HANDLE] + [ctypes.POINTER(wintypes.FILETIME)] * 4
_kernel32.GetExitCodeProcess.argtypes = [wintypes.HANDLE, ctypes.POINTER(wintypes.DWORD)]
_kernel32.CloseHandle.argtypes = [wintypes.HANDLE]
_ntdll.NtResumeProcess.argtypes = [wintypes.HANDLE]


class _BasicLimits(ctypes.Structure):
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


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("BasicLimitInformation", _BasicLimits),
        ("IoInfo", ctypes.c_uint64 * 6),
        ("ProcessMemoryLimit", ctypes.c_size_t),
        ("JobMemoryLimit", ctypes.c_size_t),
        ("PeakProcessMemoryUsed", ctypes.c_size_t),
        ("PeakJobMemoryUsed", ctypes.c_size_t),
    ]


class Job:
    """A Job Object: when its only handle goes, by whatever end of this process, Windows ends all that is in it."""

    def __init__(self) -> None:
        self._handle = _kernel32.CreateJobObjectW(None, None)
        limits = _ExtendedLimits()
        limits.BasicLimitInformation.LimitFlags = _JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
        if not self._handle or not _kernel32.SetInformationJobObject(
            self._handle, _JOB_OBJECT_EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        ):
            raise ctypes.WinError(ctypes.get_last_error())
        # Whoever drops the object ends what is in it, and keeps no handle for ever.
        weakref.finalize(self, _kernel32.CloseHandle, self._handle)

    def adopt_and_resume(self, process_handle: int) -> None:
        """Put a process made with CREATE_SUSPENDED into the job, so that no child of its escapes, and let it run."""
        assigned = _kernel32.AssignProcessToJobObject(self._handle, process_handle)
        error = ctypes.get_last_error()
        _ntdll.NtResumeProcess(process_handle)
        if not assigned:
            raise ctypes.WinError(error)

    def terminate(self) -> None:
        """End everything that is in the job."""
        _kernel32.TerminateJobObject(self._handle, 1)


def creation_time(pid: int) -> int | None:
    """When the living process `pid` was made, in 100 ns ticks; None when there is none."""
    handle = _kernel32.OpenProcess(_PROCESS_QUERY_LIMITED_INFORMATION, False, pid)
    if not handle:
        return None
    try:
        code = wintypes.DWORD()
        times = [wintypes.FILETIME() for _ in range(4)]
        if not _kernel32.GetExitCodeProcess(handle, ctypes.byref(code)) or code.value != _STILL_ACTIVE:
            return None
        if not _kernel32.GetProcessTimes(handle, *(ctypes.byref(time) for time in times)):
            return None
        return (times[0].dwHighDateTime << 32) | times[0].dwLowDateTime
    finally:
        _kernel32.CloseHandle(handle)


_HandlerRoutine = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)
_handlers: list[object] = []


def on_console_close(action: Callable[[], None]) -> None:
    """Call `action` (on a thread of Windows') when the console window closes; the process is ended when it returns."""

    def handle(event: int) -> bool:
        if event not in _CTRL_CLOSE_EVENTS:
            return False
        action()
        return True

    routine = _HandlerRoutine(handle)
    _handlers.append(routine)  # Windows keeps only the address
    _kernel32.SetConsoleCtrlHandler(routine, True)
