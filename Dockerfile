# One image for web, worker and beat; docker-compose.yml says which of them a container is.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DEBUG=false HOST=0.0.0.0 PORT=8000 DATA_DIR=/var/lib/vorrang STATIC_ROOT=/app/staticfiles

RUN useradd --system --uid 10001 --home-dir /app vorrang \
 && install --directory --owner vorrang --group vorrang /app /var/lib/vorrang
WORKDIR /app

COPY requirements.txt .
RUN pip install -r requirements.txt

COPY --chown=vorrang:vorrang . .
USER vorrang
# Only to build: these values are not kept in the image's environment.
RUN python -m helpdesk.assets \
 && SECRET_KEY=build ENCRYPTION_KEYS=b25seS1mb3ItdGhpcy1jaGVjay0wMTIzNDU2Nzg5YWI= ALLOWED_HOSTS=build SITE_URL=https://build python manage.py collectstatic --no-input --verbosity 0

VOLUME /var/lib/vorrang
EXPOSE 8000
CMD ["python", "-m", "helpdesk.children", "web"]
