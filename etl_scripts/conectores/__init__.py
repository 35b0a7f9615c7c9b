"""One connector a file; `CONECTOR` in `<sistema>.py` is the class that the command loads."""
