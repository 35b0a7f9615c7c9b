from django.apps import AppConfig


class EtlHubConfig(AppConfig):
    name = "etlhub"
    verbose_name = "ETL Hub"
