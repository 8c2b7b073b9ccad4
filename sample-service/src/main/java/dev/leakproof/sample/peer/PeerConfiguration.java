package dev.leakproof.sample.peer;

import dev.leakproof.Heartbeat;
import dev.leakproof.census.ThreadOwners;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration(proxyBeanMethods = false)
class PeerConfiguration {

    /** Closed with the context from JDK 21 on, where it can be; before, its daemon thread ends once it is unreachable. */
    @Bean
    HttpClient peerHttpClient(PeerProperties properties) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(properties.connectTimeout())
                .build();
    }

    @Bean
    Peer peer(HttpClient peerHttpClient, PeerProperties properties, ObjectProvider<EmbeddedPeer> embedded) {
        EmbeddedPeer here = embedded.getIfAvailable();
        Supplier<URI> address = here != null ? here::address : () -> URI.create(properties.url());
        return new Peer(peerHttpClient, address, properties.requestTimeout());
    }

    @Bean
    Heartbeat peerPing(Peer peer, PeerProperties properties) {
        return Heartbeat.named("peer-ping").every(properties.pingInterval()).beat(ctx -> peer.ping());
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "sample.peer.url", havingValue = PeerProperties.EMBEDDED, matchIfMissing = true)
    static class Embedded {

        @Bean
        Effects effects(JdbcClient jdbc) {
            return new Effects(jdbc);
        }

        @Bean
        EmbeddedPeer embeddedPeer(Effects effects, PeerProperties properties) {
            return new EmbeddedPeer(effects, properties.port(), properties.delay());
        }

        /** The server is the JDK's own, which names its threads and nothing else of them. */
        @Bean
        ThreadOwners embeddedPeerThreads() {
            return thread -> EmbeddedPeer.isNameOfThread(thread.name()) ? "embeddedPeer" : null;
        }
    }
}
