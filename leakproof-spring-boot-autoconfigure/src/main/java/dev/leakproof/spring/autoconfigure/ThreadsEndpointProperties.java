package dev.leakproof.spring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;

/** What the threads endpoint shows to whom. */
@ConfigurationProperties("management.endpoint.threads")
final class ThreadsEndpointProperties extends EndpointProperties {}
