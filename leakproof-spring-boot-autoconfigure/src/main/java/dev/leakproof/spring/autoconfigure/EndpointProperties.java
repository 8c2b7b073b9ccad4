package dev.leakproof.spring.autoconfigure;

import java.util.Set;
import org.springframework.boot.actuate.endpoint.Show;

/** What an endpoint shows to whom. */
abstract class EndpointProperties {

    /** When to show what may be confidential: stacks, and messages of exceptions. */
    private Show showValues = Show.NEVER;

    /**
     * Roles used to determine whether a user is authorized to be shown them. When empty, all authenticated users are
     * authorized.
     */
    private Set<String> roles = Set.of();

    public Show getShowValues() {
        return showValues;
    }

    public void setShowValues(Show showValues) {
        this.showValues = showValues;
    }

    public Set<String> getRoles() {
        return roles;
    }

    public void setRoles(Set<String> roles) {
        this.roles = roles;
    }
}
