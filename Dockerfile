# The site in one image: `docker build -t newsroom .`; see deploy/compose.yaml for how it is run.
FROM python:3.13-slim AS build
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.13-slim
# For social cards with Korean, Chinese and Japanese headlines.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/newsroom newsroom
COPY --from=build /venv /venv
WORKDIR /opt/newsroom
COPY manage.py ./
COPY newsroom newsroom
COPY articles articles
COPY templates templates
COPY static static
COPY locale locale
COPY docs/editors.*.md docs/
ENV PATH=/venv/bin:$PATH DATA_DIR=/var/lib/newsroom STATIC_ROOT=/opt/newsroom/collected \
    PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=131072 \
    MALLOC_MMAP_THRESHOLD_=131072
RUN SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
    python manage.py prepare --static-only
USER newsroom
VOLUME /var/lib/newsroom
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--blocking-threads", "8", "--workers-kill-timeout", "3", "--respawn-interval", "10", \
     "--http1-buffer-size", "65536", "--log-level", "warning", \
     "--log-config", "newsroom/server-log.json", "--respawn-failed-workers", \
     "newsroom.wsgi:application"]
