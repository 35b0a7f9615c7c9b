from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "credentials"
    verbose_name = "Credenciais"

    def ready(self) -> None:
        from credentials import redaction
        from etlhub.operations import telemetry

        redaction.install()
        telemetry.start()  # after the masking, which it uses
