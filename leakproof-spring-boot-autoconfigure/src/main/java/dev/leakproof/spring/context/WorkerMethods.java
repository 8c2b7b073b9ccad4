package dev.leakproof.spring.context;

import dev.leakproof.spring.annotation.ManagedWorker;
import java.lang.reflect.Method;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** Finds the annotated methods of a class. Safe for use by many threads. */
final class WorkerMethods {

    /** Nearly all classes of a context: worth remembering, as each is asked about more than once. */
    private final Set<Class<?>> without = ConcurrentHashMap.newKeySet(64);

    /** Returns the annotated methods of {@code type}, or of the class it was generated from, by name. */
    Map<Method, ManagedWorker> of(Class<?> type) {
        Class<?> target = ClassUtils.getUserClass(type);
        if (isOfSpring(target)
                || without.contains(target)
                || !AnnotationUtils.isCandidateClass(target, ManagedWorker.class)) {
            return Map.of();
        }
        if (!hasAnnotatedMethods(target)) {
            without.add(target);
            return Map.of();
        }
        MetadataLookup<ManagedWorker> lookup =
                method -> AnnotatedElementUtils.findMergedAnnotation(method, ManagedWorker.class);
        // A class's methods come in no order; a tree should look the same after each start.
        Map<Method, ManagedWorker> methods =
                new TreeMap<>(Comparator.comparing(Method::getName).thenComparing(Method::toGenericString));
        methods.putAll(MethodIntrospector.selectMethods(target, lookup));
        if (methods.isEmpty()) {
            without.add(target);
        }
        return methods;
    }

    /** Whether any method has any annotation: most classes have none, and to look for a certain one takes far longer. */
    private static boolean hasAnnotatedMethods(@Nullable Class<?> type) {
        if (type == null || type == Object.class) {
            return false;
        }
        try {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getDeclaredAnnotations().length > 0) {
                    return true;
                }
            }
            for (Class<?> inherited : type.getInterfaces()) {
                if (hasAnnotatedMethods(inherited)) {
                    return true;
                }
            }
            return hasAnnotatedMethods(type.getSuperclass());
        } catch (LinkageError | RuntimeException ex) {
            return true; // Spring knows what to do about a class of which a part is missing
        }
    }

    /** Most beans of a context are, and to look through them takes much of a start. */
    private static boolean isOfSpring(Class<?> type) {
        String name = type.getName();
        return name.startsWith("org.springframework.") && !name.startsWith("org.springframework.samples.");
    }

    boolean isHost(Class<?> type) {
        return !of(type).isEmpty();
    }
}
