"""The project's settings on a data folder of this test process, without Redis.

ETLHUB_TEST_DATABASE_URL moves them to PostgreSQL.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_folder = tempfile.mkdtemp(prefix="etlhub-testes-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith(("ETLHUB_", "ETL_")) and "TEST" not in name]:
    del os.environ[_name]
for _name in ("REDIS_URL", "REACT_BUILD_DIR", "DATABASE_URL"):
    os.environ.pop(_name, None)
os.environ["ETLHUB_DATA_DIR"] = _folder
os.environ["ETLHUB_DOTENV"] = os.devnull
if os.environ.get("ETLHUB_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["ETLHUB_TEST_DATABASE_URL"]

from etlhub.settings import *  # noqa: E402, F403
from etlhub.settings import DATABASES  # noqa: E402

CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, not memory: the runner and the consumer read from threads of their own.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(_folder) / "teste.sqlite3")}
