package dev.leakproof.spring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;

/** What the workers endpoint shows to whom. */
@ConfigurationProperties("management.endpoint.workers")
final class WorkersEndpointProperties extends EndpointProperties {}
