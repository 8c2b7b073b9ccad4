package dev.leakproof.spring.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/** Beans that are declared by properties alone. It binds itself, at whatever time the first of them is wanted. */
@ConfigurationProperties("leakproof")
final class DeclaredBeansProperties implements BeanFactoryAware {

    /** Heartbeats that ping over HTTP, by the names of their beans. */
    private Map<String, HeartbeatSpec> heartbeats = Map.of();

    /** Caches whose entries leave when they are due, by the names of their beans. */
    private Map<String, CacheSpec> caches = Map.of();

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        Environment environment =
                beanFactory.getBean(ConfigurableApplicationContext.ENVIRONMENT_BEAN_NAME, Environment.class);
        Binder.get(environment).bind("leakproof", Bindable.ofInstance(this));
    }

    public Map<String, HeartbeatSpec> getHeartbeats() {
        return heartbeats;
    }

    public void setHeartbeats(Map<String, HeartbeatSpec> heartbeats) {
        this.heartbeats = withoutTwins(heartbeats);
    }

    public Map<String, CacheSpec> getCaches() {
        return caches;
    }

    public void setCaches(Map<String, CacheSpec> caches) {
        this.caches = withoutTwins(caches);
    }

    /** An environment variable has no hyphens: what it says of 'peer-ping' comes as a 'peerping' of its own, too. */
    private static <T> Map<String, T> withoutTwins(Map<String, T> byName) {
        Map<String, String> names = new LinkedHashMap<>();
        byName.keySet()
                .forEach(name -> names.merge(
                        name.toLowerCase(Locale.ROOT).replaceAll("[-_]", ""),
                        name,
                        (one, other) -> isPlain(one) ? other : one));
        Map<String, T> single = new LinkedHashMap<>(byName);
        single.keySet().retainAll(names.values());
        return Map.copyOf(single);
    }

    private static boolean isPlain(String name) {
        return name.matches("[a-z0-9.]*");
    }

    /**
     * A heartbeat that pings over HTTP.
     *
     * @param url Where to send a GET, an http or https URL. An answer of 2xx or 3xx is a success.
     * @param every Time from one ping to the next.
     * @param timeout Time after which a ping has failed.
     * @param failureThreshold How many pings in a row have to fail before the health of the workers is down.
     */
    record HeartbeatSpec(
            @Nullable URI url,
            @DefaultValue("10s") Duration every,
            @DefaultValue("2s") Duration timeout,
            @DefaultValue("3") int failureThreshold) {

        HeartbeatSpec {
            if (url == null
                    || url.getHost() == null
                    || !("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))) {
                throw new IllegalArgumentException("a heartbeat needs a url that begins with http:// or https://, but"
                        + " it is " + url + ": write for instance http://peer:8080/health");
            }
        }
    }

    /**
     * A cache.
     *
     * @param expireAfterWrite Time after which an entry leaves that was not written again.
     * @param expireAfterAccess Time after which an entry leaves that was neither read nor written again.
     * @param maximumSize How many entries there are at most.
     */
    record CacheSpec(
            @Nullable Duration expireAfterWrite,
            @Nullable Duration expireAfterAccess,
            @Nullable Long maximumSize) {}
}
