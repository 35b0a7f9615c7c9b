from django.apps import AppConfig
from django.db.models.signals import post_save, pre_save


class EtlHubConfig(AppConfig):
    name = "etlhub"
    verbose_name = "ETL Hub"

    def ready(self) -> None:
        from django.contrib.auth.models import User

        from etlhub import admin_access, sessions  # noqa: F401  (registers with the admin)

        pre_save.connect(sessions.note_password, sender=User)
        post_save.connect(sessions.end_after_password_change, sender=User)
