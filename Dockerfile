# Two stages: one that builds the index, with torch and the model's own files, and one that serves it, without either.
#   docker build -t citewell .
#   docker run -p 127.0.0.1:8000:8000 -v citewell-data:/data citewell

FROM python:3.12-slim AS build
WORKDIR /build
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY corpus corpus
COPY indexer indexer
COPY bot bot
COPY api api
COPY tests/gold tests/gold
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --constraint constraints.txt '.[index,evaluate]'
RUN /opt/build/bin/citewell index corpus/documents --index /index \
 && /opt/build/bin/citewell calibrate --gold tests/gold --index /index \
 && rm -rf /index/cache
RUN python -m venv /opt/citewell && /opt/citewell/bin/pip install --no-cache-dir --constraint constraints.txt '.[redis]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin citewell \
 && install -d -o citewell -g citewell -m 700 /data
COPY --from=build /opt/citewell /opt/citewell
COPY --from=build /index /index
ENV PATH=/opt/citewell/bin:$PATH \
    CITEWELL_INDEX=/index \
    CITEWELL_DATA=/data \
    CITEWELL_HOST=0.0.0.0 \
    PYTHONDONTWRITEBYTECODE=1
USER citewell
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# Nobody outside the container is this machine itself: make a key first,
#   docker exec CONTAINER citewell keys create --name "our server"
CMD ["citewell", "serve"]
