from django.apps import AppConfig


class SistemasConfig(AppConfig):
    name = "sistemas"
    verbose_name = "Sistemas"
