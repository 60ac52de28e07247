# Solr as the local stack has it: the server from Maven Central in Jetty, one core with CKAN's schema and our fields.
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends maven openjdk-17-jdk-headless hunspell-kk hunspell-ru \
    python3 python3-pip ca-certificates && rm -rf /var/lib/apt/lists/*
COPY config /src/config
COPY stack /src/stack
WORKDIR /src
RUN mvn -q -B -f config/solr/pom.xml dependency:copy-dependencies -DoutputDirectory=/opt/solr/lib
RUN pip install --no-cache-dir --no-deps --target /tmp/ckan "$(grep '^ckan==' config/requirements/runtime.txt)" \
    && python3 -m stack.solr /tmp/ckan/ckan/config/solr/schema.xml /opt/solr/home/opengov

FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends openjdk-17-jre-headless \
    && rm -rf /var/lib/apt/lists/* && useradd --system --home /opt/solr solr
COPY --from=build --chown=solr /opt/solr /opt/solr
COPY --chown=solr config/solr /opt/solr/config
# In its own container Solr must answer the others; compose.yaml gives it no port of the host.
RUN sed -i 's/127\.0\.0\.1/0.0.0.0/' /opt/solr/config/jetty.xml
USER solr
CMD ["java", "-Xms256m", "-Xmx768m", "-Djetty.port=8983", "-Dsolr.solr.home=/opt/solr/home", \
     "-Dsolr.install.dir=/opt/solr", "-Dsolr.log.dir=/tmp", "-Dopengov.solr.webapp=/opt/solr/config/webapp", \
     "-Dlog4j2.configurationFile=/opt/solr/config/log4j2.xml", "-cp", "/opt/solr/lib/*", \
     "org.eclipse.jetty.xml.XmlConfiguration", "/opt/solr/config/jetty.xml"]
