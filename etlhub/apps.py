from django.apps import AppConfig
from django.db.models.signals import post_save, pre_save


class EtlHubConfig(AppConfig):
    name = "etlhub"
    verbose_name = "ETL Hub"

    def ready(self) -> None:
        from django.contrib.auth.models import User
        from django.contrib.auth.signals import user_logged_out, user_login_failed

        from etlhub import admin_access, audit, sessions  # noqa: F401  (registers with the admin)

        pre_save.connect(sessions.note_password, sender=User)
        post_save.connect(sessions.end_after_password_change, sender=User)
        user_logged_out.connect(audit.note_logout)
        user_login_failed.connect(audit.note_failed_login)
