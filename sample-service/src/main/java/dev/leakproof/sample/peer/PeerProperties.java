package dev.leakproof.sample.peer;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the peer is.
 *
 * @param url its address, or {@code embedded} for the one in this process
 * @param port the port of the embedded one; 0 for any
 * @param delay how long the embedded one takes for each delivery
 * @param connectTimeout the most that connecting may take
 * @param requestTimeout the most that an answer may take
 * @param pingInterval how often it is pinged
 */
@ConfigurationProperties("sample.peer")
record PeerProperties(
        @DefaultValue(EMBEDDED) String url,
        @DefaultValue("8090") int port,
        @DefaultValue("0") Duration delay,
        @DefaultValue("1s") Duration connectTimeout,
        @DefaultValue("2s") Duration requestTimeout,
        @DefaultValue("5s") Duration pingInterval) {

    static final String EMBEDDED = "embedded";
}
