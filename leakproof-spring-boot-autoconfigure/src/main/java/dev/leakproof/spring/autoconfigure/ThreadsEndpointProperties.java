package dev.leakproof.spring.autoconfigure;

import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the endpoint shows to whom.
 *
 * @param showValues When to show stacks.
 * @param roles Roles used to determine whether a user is authorized to be shown them. When empty, all authenticated users
 *     are authorized.
 */
@ConfigurationProperties("management.endpoint.threads")
record ThreadsEndpointProperties(
        @DefaultValue("never") Show showValues,
        @DefaultValue Set<String> roles) {}
