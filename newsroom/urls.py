from django.contrib import admin
from django.urls import include, path

from articles.views import preview

admin.autodiscover()

handler404 = "articles.views.errors.not_found"
handler500 = "articles.views.errors.server_error"

urlpatterns = [
    path("admin/markdownx/preview/", preview.markdown, name="markdown-preview"),
    path("admin/", admin.site.urls),
    path("", include("articles.urls")),
]
