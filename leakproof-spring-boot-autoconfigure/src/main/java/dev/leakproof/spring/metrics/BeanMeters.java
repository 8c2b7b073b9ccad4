package dev.leakproof.spring.metrics;

import dev.leakproof.Managed;
import dev.leakproof.NodeSnapshot;
import dev.leakproof.TreeListener;
import dev.leakproof.spring.context.ManagedBeans;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;

/** Binds meters to each bean of one type, tagged by its id. They go with it, and move on to one that takes its place. */
abstract class BeanMeters<M extends Managed> implements TreeListener {

    private final MeterRegistry registry;
    private final ManagedBeans beans;
    private final Class<?> type;
    private final String prefix;

    /** What they are bound to. Guarded by this. */
    private final Map<String, M> bound = new HashMap<>();

    /**
     * Creates the meters of all beans of {@code type}.
     *
     * @param type the class of {@code M}
     * @param prefix how the names of the meters begin
     */
    BeanMeters(MeterRegistry registry, ManagedBeans beans, Class<?> type, String prefix) {
        this.registry = registry;
        this.beans = beans;
        this.type = type;
        this.prefix = prefix;
    }

    /** Returns the tags that tell the meters of one bean from all others. */
    abstract Tags tags(String id);

    abstract void bind(M bean, Tags tags, MeterRegistry registry);

    @Override
    @SuppressWarnings("unchecked") // type is the class of M
    public synchronized void started(NodeSnapshot node) {
        Managed bean = beans.find(node.id()).orElse(null);
        if (type.isInstance(bean) && bound.get(node.id()) != bean) {
            remove(node.id());
            bound.put(node.id(), (M) bean);
            bind((M) bean, tags(node.id()), registry);
        }
    }

    @Override
    public synchronized void detached(NodeSnapshot node) {
        if (bound.containsKey(node.id()) && beans.find(node.id()).isEmpty()) {
            remove(node.id());
        }
    }

    private void remove(String id) {
        if (bound.remove(id) != null) {
            Tags tags = tags(id);
            registry.getMeters().stream()
                    .map(Meter::getId)
                    .filter(meter -> meter.getName().startsWith(prefix)
                            && meter.getTags().containsAll(tags.stream().toList()))
                    .forEach(registry::remove);
        }
    }
}
